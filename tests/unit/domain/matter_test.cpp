#include "server/domain/matter.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sponsio::domain {
namespace {

constexpr char const* good = R"({
 "name":{"zh":"公租房资格确认","en":"Public rental housing"},"replaces_item":"cn-2020-17",
 "legal_basis":[{"law":"公共租赁住房管理办法","article":"第七条"}],
 "demanding_unit":"示例区住房保障中心","issuing_unit":"居民委员会","action_kind":"confirmation","level":"county",
 "notice":{"proof_content":{"zh":"本市无自有住房","en":"No housing owned"},"commitment_method":{"zh":"书面","en":"In writing"},
  "liability":{"zh":"撤销资格","en":"Eligibility ends"},"verification_power":{"zh":"二十个工作日内核查","en":"Checked within 20 working days"},
  "publicity_scope":{"zh":"不公开","en":"Not public"},"publicity_period":{"zh":"无","en":"None"}},
 "commitment":{"content":{"zh":"本人无房","en":"I own no housing"},"breach_liability":{"zh":"撤销","en":"Revoked"},"type":"proof_matter"},
 "verification":{"mode":"online","within_days":20,"day_kind":"working","inspectors":1,"unit_uscc":null},
 "publication_type":"not_public","valid_from":"2026-01-01"})";

/// The good version with the member at a pointer's end replaced.
Json changed(std::string_view object, std::string_view member, Json value) {
    Json json = crypto::parse_json(good).value();
    Json* at = &json;
    if (!object.empty()) at = at->as_object().find(object);
    at->as_object().set(member, std::move(value));
    return json;
}

std::map<std::string, std::string> refusals(Json const& json) {
    std::map<std::string, std::string> found;
    if (auto version = decode(json, MatterVersion::read); !version)
        for (FieldError const& error : version.error().fields) found[error.pointer] = error.reason->word;
    return found;
}

using Map = std::map<std::string, std::string>;

TEST(MatterVersion, WritesWhatItReads) {
    Json const json = crypto::parse_json(good).value();
    EXPECT_EQ(decode(json, MatterVersion::read).value().to_json(), json);
}

TEST(MatterVersion, HoldsTheRulesOfTheField) {
    EXPECT_EQ(refusals(changed("verification", "mode", "on_site")),
              (Map{{"/verification/inspectors", "out_of_range"}}));
    EXPECT_EQ(refusals(changed("verification", "unit_uscc", "91350100M000100Y44")),
              (Map{{"/verification/unit_uscc", "check_digit"}}));
    EXPECT_EQ(refusals(changed("verification", "within_days", 0)),
              (Map{{"/verification/within_days", "out_of_range"}}));
    EXPECT_EQ(refusals(changed("notice", "liability", JsonObject{{"zh", "及其他情形"}, {"en", "x"}})),
              (Map{{"/notice/liability", "vague_wording"}}));
    EXPECT_EQ(refusals(changed("", "legal_basis", crypto::Array{})), (Map{{"/legal_basis", "empty"}}));
}

TEST(Notice, HasTheEightStatutoryPointsInOrder) {
    auto const version = decode(crypto::parse_json(good).value(), MatterVersion::read).value();
    auto const notice = compose_notice(version, "示例区住房保障中心").value();
    ASSERT_EQ(notice.points.size(), 8u);
    EXPECT_EQ(notice.points[0].text.zh, "公租房资格确认");
    EXPECT_EQ(notice.points[1].text.zh, "公共租赁住房管理办法第七条");
    for (std::size_t i = 0; i != 8; ++i) EXPECT_EQ(notice.points[i].point, static_cast<NoticePoint>(i));
    EXPECT_NE(notice.text.zh.find("8. 公开时限：无"), std::string::npos) << notice.text.zh;
    EXPECT_NE(notice.text.zh.find("示例区住房保障中心"), std::string::npos);
}

TEST(Notice, CannotBeGivenWhileAPointIsMissing) {
    for (std::size_t i = 2; i != 8; ++i) {
        std::string const point(word(static_cast<NoticePoint>(i)));
        auto const version = decode(changed("notice", point, nullptr), MatterVersion::read).value();
        auto const notice = compose_notice(version, "x");
        ASSERT_FALSE(notice) << point;
        EXPECT_EQ(notice.error().problem, &problem::notice_incomplete);
        ASSERT_EQ(notice.error().fields.size(), 1u);
        EXPECT_EQ(notice.error().fields[0].pointer, "/notice/" + point);
    }
}

}  // namespace
}  // namespace sponsio::domain
