#include "server/domain/matter.hpp"

#include "tests/support/rule_packs.hpp"

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
 "verification":{"mode":"online","within_days":20,"day_kind":"working","inspectors":1,"unit_uscc":null,
  "coverage":"full","matter_class":"ordinary","ratio":null,"weights":null,"department":null,"query":null,"auto_close":false},
 "publication_type":"not_public","valid_from":"2026-01-01"})";

/// The good version with the member at a pointer's end replaced.
Json changed(std::string_view object, std::string_view member, Json value) {
    Json json = json::parse(good).value();
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
    Json const json = json::parse(good).value();
    EXPECT_EQ(decode(json, MatterVersion::read).value().to_json(), json);
}

TEST(MatterVersion, HoldsTheRulesOfTheField) {
    EXPECT_EQ(refusals(changed("verification", "unit_uscc", "9135010OM000100Y43")),
              (Map{{"/verification/unit_uscc", "bad_format"}}));
    EXPECT_EQ(refusals(changed("verification", "within_days", 0)),
              (Map{{"/verification/within_days", "out_of_range"}}));
    EXPECT_EQ(refusals(changed("notice", "liability", JsonObject{{"zh", "及其他情形"}, {"en", "x"}})),
              (Map{{"/notice/liability", "vague_wording"}}));
    EXPECT_EQ(refusals(changed("", "legal_basis", json::Array{})), (Map{{"/legal_basis", "empty"}}));
}

/// The good version with these members of its verification replaced.
Json planned(std::initializer_list<std::pair<char const*, Json>> members) {
    Json json = json::parse(good).value();
    for (auto const& [name, value] : members)
        json.as_object().find("verification")->as_object().set(name, value);
    return json;
}

Json ratio(int numerator, int denominator) {
    return JsonObject{{"numerator", numerator}, {"denominator", denominator}};
}

Json weights(int earlier_breach, int first_time) {
    return JsonObject{{"earlier_breach", earlier_breach}, {"first_time", first_time}};
}

TEST(VerificationPlan, ReadsVersionsThatAreOlderThanCoverage) {
    Json old = json::parse(good).value();
    for (char const* name :
         {"coverage", "matter_class", "ratio", "weights", "department", "query", "auto_close"})
        old.as_object().find("verification")->as_object().erase(name);
    VerificationPlan const plan = decode(old, MatterVersion::read).value().verification;
    EXPECT_EQ(plan.coverage, Coverage::full);
    EXPECT_EQ(plan.matter_class, MatterClass::ordinary);
    EXPECT_FALSE(plan.ratio);
    EXPECT_FALSE(plan.auto_close);
    EXPECT_EQ(plan.department, "");
}

TEST(VerificationPlan, WritesWhatItReads) {
    Json const weighted = planned({{"coverage", "risk_weighted"},
                                   {"matter_class", "key"},
                                   {"ratio", ratio(1, 2)},
                                   {"weights", weights(16, 2)},
                                   {"department", "public_security"},
                                   {"auto_close", true}});
    EXPECT_EQ(decode(weighted, MatterVersion::read).value().to_json(), weighted);
}

TEST(VerificationPlan, HasARatioAndWeightsOnlyWhereChanceDecides) {
    EXPECT_EQ(refusals(planned({{"coverage", "sampled"}})), (Map{{"/verification/ratio", "required"}}));
    EXPECT_EQ(refusals(planned({{"coverage", "first_time"}, {"ratio", ratio(1, 10)}})),
              (Map{{"/verification/ratio", "not_allowed_here"}}));
    EXPECT_EQ(refusals(planned({{"coverage", "sampled"}, {"ratio", ratio(11, 10)}})),
              (Map{{"/verification/ratio/numerator", "out_of_range"}}));
    EXPECT_EQ(
        refusals(planned({{"coverage", "sampled"}, {"ratio", ratio(1, 10)}, {"weights", weights(1, 1)}})),
        (Map{{"/verification/weights", "not_allowed_here"}}));
    Json const used = JsonObject{{"earlier_breach", 17}, {"first_time", 1}, {"often_used", 4}};
    EXPECT_EQ(refusals(planned({{"coverage", "risk_weighted"}, {"ratio", ratio(1, 10)}, {"weights", used}})),
              (Map{{"/verification/weights/earlier_breach", "out_of_range"},
                   {"/verification/weights/often_used", "unknown_field"}}));
    EXPECT_EQ(refusals(planned({{"mode", "exempt"}, {"coverage", "complaint_driven"}})),
              (Map{{"/verification/coverage", "not_allowed_here"}}));
    EXPECT_EQ(refusals(planned({{"coverage", "often"}})), (Map{{"/verification/coverage", "unknown_value"}}));
}

TEST(VerificationPlan, ClosesByItselfOnlyOnADepartmentsWord) {
    EXPECT_EQ(refusals(planned({{"auto_close", true}})), (Map{{"/verification/department", "required"}}));
    EXPECT_EQ(refusals(planned({{"mode", "written"}, {"auto_close", true}, {"department", "courts"}})),
              (Map{{"/verification/auto_close", "not_allowed_here"}}));
}

struct BoundCase {
    MatterClass matter_class;
    Ratio ratio;
    char const* bound;  ///< the rule that is broken; empty: none
};

TEST(VerificationPlan, KeepsToTheBoundsOfTheRulePack) {
    static Rules const rules = Rules::from_resources().value();
    Date const day = parse_iso_date("2026-03-02").value();
    for (BoundCase const& c : {BoundCase{MatterClass::ordinary, {1, 100}, ""},
                               {MatterClass::ordinary, {1, 5}, ""},
                               {MatterClass::ordinary, {99, 10'000}, "draw.ratio.ordinary.min"},
                               {MatterClass::ordinary, {200'001, 1'000'000}, "draw.ratio.ordinary.max"},
                               {MatterClass::key, {99'999, 1'000'000}, "draw.ratio.key.min"},
                               {MatterClass::key, {1, 1}, ""}}) {
        VerificationPlan plan{};
        plan.matter_class = c.matter_class;
        plan.ratio = c.ratio;
        auto const checked = check_ratio(plan, rules, "110105", day);
        EXPECT_EQ(checked.has_value(), c.bound[0] == 0) << c.ratio.numerator << "/" << c.ratio.denominator;
        if (checked) continue;
        EXPECT_EQ(checked.error().problem, &problem::ratio_out_of_bounds);
        EXPECT_EQ(checked.error().fields.at(0).pointer, "/verification/ratio");
        EXPECT_NE(checked.error().detail.en.find(c.bound), std::string::npos) << checked.error().detail.en;
        EXPECT_NE(checked.error().detail.zh.find(testing::national_pack()), std::string::npos);
    }
    EXPECT_TRUE(check_ratio(VerificationPlan{}, rules, "110105", day));
}

TEST(VerificationPlan, SendsAsManyOnSiteAsThePackSays) {
    Date const day = parse_iso_date("2026-03-02").value();
    VerificationPlan plan{};
    plan.mode = VerifyMode::on_site;
    auto const refused = [&](Rules const& rules, int inspectors, char const* where) {
        plan.inspectors = inspectors;
        auto const checked = check_officers(plan, rules, where, day);
        return checked ? "" : checked.error().fields.at(0).pointer;
    };
    Rules const national = Rules::from_resources().value();
    EXPECT_EQ(refused(national, 1, "110105"), "/verification/inspectors");
    EXPECT_EQ(refused(national, 2, "110105"), "");
    Rules const three =
        testing::rules_with(testing::region_pack("110105", testing::number_rule("verify.officers", 3)))
            .value();
    EXPECT_EQ(refused(three, 2, "110105"), "/verification/inspectors");
    EXPECT_EQ(refused(three, 3, "110105"), "");
    EXPECT_EQ(refused(three, 2, "370102"), "") << "another region";
    plan.mode = VerifyMode::written;
    EXPECT_EQ(refused(three, 1, "110105"), "") << "nobody goes there";
}

TEST(Notice, HasTheEightStatutoryPointsInOrder) {
    auto const version = decode(json::parse(good).value(), MatterVersion::read).value();
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
