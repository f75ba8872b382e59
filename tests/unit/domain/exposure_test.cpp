#include "server/domain/exposure.hpp"

#include <gmock/gmock.h>

namespace sponsio::domain {
namespace {

using ::testing::IsEmpty;
using enum ScreeningResult;

constexpr Date today{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{23}};

/// A list of one district that lets its committees issue proof of kinship for adoptions, and nothing else.
constexpr char const* of_a_district = R"json({
  "catalogue_id": "district-list", "version": "1", "jurisdiction": "110105",
  "title": {"zh": "示例区清单（虚构）", "en": "List of a district (invented)"},
  "source": {"key": "虚构办法", "text": {"zh": "虚构办法", "en": "invented"}, "address": null},
  "coverage": {"zh": "虚构", "en": "invented"},
  "departments": [{"code": "civil_affairs", "name": {"zh": "民政部门", "en": "civil affairs"}}],
  "documents": [{"code": "id_card", "name": {"zh": "居民身份证", "en": "identity card"}}],
  "procedures": [{"code": "p", "name": {"zh": "程序", "en": "procedure"}}],
  "exceptions": [{"code": "adoption", "name": {"zh": "收养", "en": "adoption"}}],
  "items": [{"item_id": "district-1", "number": 1, "name": {"zh": "亲属关系证明", "en": "Kinship, by the district"},
    "aliases": {"zh": ["示例亲缘证明"], "en": ["district kinship"]}, "may_be_demanded": true,
    "answer": {"zh": "可以出具", "en": "may be issued"},
    "ways": [{"kind": "document", "departments": [], "documents": ["id_card"], "issuer": null, "procedure": null,
              "text": {"zh": "身份证", "en": "identity card"}}],
    "exceptions": [{"code": "adoption"}], "valid_from": "2020-01-01", "valid_to": null}]})json";

Catalogue with_district() {
    Resource const more[] = {{"district.json", of_a_district}};
    return Catalogue::from_resources(more).value();
}

std::string matched(Catalogue const& catalogue, std::string_view name, std::string_view region) {
    auto const hit = match_proof(catalogue, name, region, today);
    return hit ? hit->item->item_id : "";
}

TEST(Exposure, TheListOfThePlaceComesFirst) {
    auto const catalogue = with_district();
    EXPECT_EQ(matched(catalogue, "亲属关系证明", "110105"), "district-1");
    EXPECT_EQ(matched(catalogue, "亲属关系证明", "110101"), "cn-2020-01");
    EXPECT_EQ(matched(catalogue, "无犯罪记录证明", "110105"), "cn-2020-05");
    EXPECT_EQ(matched(catalogue, "示例亲缘证明", "370102"),
              matched(Catalogue::from_resources().value(), "示例亲缘证明", "370102"));
    EXPECT_EQ(matched(catalogue, "开个条子", "110105"), "");
}

/// "ok", or the pointers that are refused.
std::vector<std::string> refused(Screening const& screening, ProofItem const* item) {
    std::vector<std::string> pointers;
    if (auto const checked = check_exceptions(screening, item); !checked)
        for (FieldError const& field : checked.error().fields) pointers.push_back(field.pointer);
    return pointers;
}

TEST(Exposure, NobodyIsBlamedBeforeEachExceptionWasLookedAt) {
    auto const catalogue = Catalogue::from_resources().value();
    for (ProofItem const& item : catalogue.items()) {
        Screening screening{on_list, "理由", item.name.zh};
        EXPECT_EQ(refused(screening, &item).empty(), item.exceptions.empty()) << item.item_id;
        for (ProofException const& one : item.exceptions)
            screening.exceptions.push_back({one.code, false, "不涉及"});
        EXPECT_THAT(refused(screening, &item), IsEmpty()) << item.item_id;
        if (item.exceptions.empty()) continue;
        screening.exceptions.front().applies = true;
        for (auto const result : {on_list, repeated, third_party_cannot_know}) {
            screening.result = result;
            EXPECT_FALSE(refused(screening, &item).empty()) << item.item_id;
        }
        for (auto const result : {exception, circular}) {
            screening.result = result;
            EXPECT_THAT(refused(screening, &item), IsEmpty()) << item.item_id;
        }
    }
}

TEST(Exposure, WhatThePlaceLetsCommitteesIssueIsNoFault) {
    auto const catalogue = with_district();
    ProofItem const* item = catalogue.find("district-1");
    Screening screening{on_list, "理由", "亲属关系证明", {}, {{"adoption", false, "不涉及"}}};
    EXPECT_THAT(refused(screening, item), ::testing::ElementsAre("/result"));
    screening.result = exception;
    EXPECT_THAT(refused(screening, item), IsEmpty());
    EXPECT_THAT(refused({outside_list, "理由", "材料"}, nullptr), IsEmpty());
    EXPECT_THAT(refused({on_list, "理由", "材料"}, nullptr), ::testing::ElementsAre("/result"));
}

TEST(Exposure, AUnitIsOneHoweverItIsSpelt) {
    EXPECT_EQ(unit_key({}, "示例 物业·公司", "110105"), unit_key({}, "示例物业公司", "110105"));
    EXPECT_NE(unit_key({}, "示例物业公司", "110105"), unit_key({}, "示例物业公司", "110101"));
    EXPECT_EQ(unit_key("91350100M000100Y43", "甲", "110105"), unit_key("91350100M000100Y43", "乙", "110101"));
}

}  // namespace
}  // namespace sponsio::domain
