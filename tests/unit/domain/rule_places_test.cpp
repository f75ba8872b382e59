#include "server/domain/calendar.hpp"
#include "server/domain/provisional.hpp"
#include "server/domain/rule_explanation.hpp"
#include "server/domain/rules.hpp"
#include "tests/support/invented_calendar.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

/// The law of seven places: by place, kind of matter and day.
namespace sponsio::domain {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Date day(char const* iso) {
    return parse_iso_date(iso).value();
}

Rules const& rules() {
    static Rules const loaded = Rules::from_resources().value();
    return loaded;
}

Rules::Found at(char const* id, char const* region, char const* on, std::optional<ActionKind> action = {}) {
    return rules().find(id, region, day(on), action).value();
}

TEST(Places, TheSameFactsTakeDifferentRoadsInBeijingAndShenzhen) {
    EXPECT_THAT(at("next_step.unfulfilled", "110105", "2026-11-30").rule->values,
                ElementsAre("rectify", "revoke", "record"));
    EXPECT_THAT(at("next_step.unfulfilled", "440305", "2026-11-30").rule->values,
                ElementsAre("rectify", "suspend", "end_handling", "revoke", "penalise", "measures"));
    EXPECT_THAT(at("next_step.false", "110105", "2026-11-30").rule->values, ElementsAre("revoke", "record"));
    EXPECT_EQ(at("eligibility.bars", "110105", "2026-11-30").pack->pack_id, "cn-national");
    EXPECT_THAT(at("eligibility.bars", "440305", "2026-11-30").rule->values, Contains("unfulfilled"));
}

// Beijing Order 280 art. 2: who is seventeen and lives on own wages is no subject of credit there; nor is one
// here elsewhere.
TEST(Places, NobodyUnderEighteenIsASubject) {
    EXPECT_EQ(at("subject.min_age", "110105", "2026-11-30").pack->pack_id, "cn-beijing");
    for (char const* place : {"110105", "310104", "330102", "370102", "410102", "440305", "500103"})
        EXPECT_EQ(at("subject.min_age", place, "2026-11-30").rule->value, 18) << place;
}

TEST(Places, APackSpeaksFromItsFirstDayOn) {
    EXPECT_EQ(at("next_step.unfulfilled", "110105", "2024-11-28").pack->pack_id, "cn-national");
    EXPECT_EQ(at("next_step.unfulfilled", "110105", "2024-11-29").pack->pack_id, "cn-beijing");
    EXPECT_EQ(at("eligibility.bars", "440305", "2023-02-28").pack->pack_id, "cn-national");
    EXPECT_EQ(at("eligibility.bars", "440305", "2023-03-01").pack->pack_id, "cn-shenzhen");
    EXPECT_EQ(at("eligibility.bars", "440106", "2026-11-30").pack->pack_id, "cn-national") << "Guangzhou";
}

TEST(Places, ARuleForAKindOfMatterGoesBeforeTheOneForAll) {
    EXPECT_EQ(at("verify.default", "330102", "2026-11-30", ActionKind::licence).rule->value, 60);
    EXPECT_EQ(at("verify.default", "330102", "2026-11-30", ActionKind::benefit).pack->pack_id, "cn-national");
    EXPECT_EQ(at("verify.default", "330102", "2026-11-30").rule->value, 20);
    EXPECT_EQ(at("next_step.unfulfilled", "310104", "2026-11-30", ActionKind::confirmation).pack->pack_id,
              "cn-shanghai");
    EXPECT_EQ(at("next_step.unfulfilled", "310104", "2026-11-30", ActionKind::benefit).pack->pack_id,
              "cn-national");
}

TEST(Places, AReadPersonsRecordIsPublicNowhereByDefaultAndInTwoPlacesByLaw) {
    for (char const* place : {"110105", "310104", "330102", "370102", "410102", "440305", "500103"})
        EXPECT_FALSE(at("publicity.person.public", place, "2026-11-30").rule->value) << place;
    EXPECT_EQ(at("publicity.person.public", "370102", "2026-11-30").rule->grade, Grade::primary_law);
    EXPECT_EQ(at("publicity.person.public", "110105", "2026-11-30").rule->grade, Grade::proposal);
}

// Zhejiang art. 11(2), Henan art. 20(2): a penalty still open to suit is on no record. Elsewhere our choice.
TEST(Places, ARecordWaitsForTheRemediesEverywhereAndByLawInTwoPlaces) {
    std::set<std::string> by_law;
    for (char const* place : {"110105", "310104", "330102", "370102", "410102", "440305"}) {
        auto const found = at("record.waits_for_remedies", place, "2026-11-30");
        EXPECT_TRUE(found.rule->value) << place;
        if (found.rule->grade == Grade::primary_law) by_law.insert(found.pack->pack_id);
    }
    EXPECT_EQ(by_law, (std::set<std::string>{"cn-zhejiang", "cn-henan"}));
    std::string const hasty =
        R"({"id":"record.waits_for_remedies","kind":"flag","value":false,"note":{"zh":"注","en":"n"},)"
        R"("source":{"key":"k","text":"t","address":null},"grade":"proposal","effective_from":"2020-01-01",)"
        R"("effective_to":null})";
    auto const refused = testing::rules_with(testing::region_pack("110105", hasty));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail.en,
                HasSubstr("record.waits_for_remedies (flag), which lies between 1 and 1"));
}

TEST(Places, AListHoldsOnlyWordsThatItsReaderKnows) {
    auto const with = [](std::string const& words) {
        auto const loaded = testing::rules_with(testing::region_pack(
            "110105", R"({"id":"eligibility.bars","kind":"list","values":[)" + words +
                          R"(],"note":{"zh":"注","en":"n"},"source":{"key":"k","text":"t","address":null},)"
                          R"("grade":"proposal","effective_from":"2020-01-01","effective_to":null})"));
        return loaded ? "" : loaded.error().detail.en + loaded.error().cause;
    };
    EXPECT_EQ(with(R"("unfulfilled")"), "");
    EXPECT_THAT(with(R"("unfufilled")"),
                HasSubstr("with the word unfufilled, which the program does not know"));
    EXPECT_THAT(with(""), HasSubstr("/rules/0/values"));
}

TEST(Places, ASecondRuleForTheSameKindOfMatterIsRefused) {
    auto const clock = [](std::string const& kinds) {
        return R"({"id":"verify.default","kind":"clock","value":9,"unit":"working_days","starts":"decision.made",)"
               R"("rolls":false,"action_kinds":[)" +
               kinds +
               R"(],"note":{"zh":"注","en":"n"},"source":{"key":"k","text":"t","address":null},"grade":"proposal",)"
               R"("effective_from":"2020-01-01","effective_to":null})";
    };
    auto const loads = [&](std::string const& rows) {
        return testing::rules_with(testing::region_pack("110105", rows)).has_value();
    };
    EXPECT_TRUE(loads(clock(R"("licence")") + "," + clock(R"("benefit")") + "," + clock("")));
    EXPECT_FALSE(loads(clock(R"("licence")") + "," + clock(R"("benefit","licence")")));
    EXPECT_FALSE(loads(clock(R"("permit")")));
}

TEST(Explanation, NamesPackSourceGradeAndWhoWasAsked) {
    auto const calendar = WorkingCalendar::from_resources().value();
    Json const told = explain_rule(rules(), calendar,
                                   {.rule = "defence.period",
                                    .region = "370102",
                                    .on = day("2026-03-02"),
                                    .from = day("2026-03-02")})
                          .value();
    EXPECT_EQ(told.at_pointer("/rule/value")->as_string(), "5 working_days");
    EXPECT_EQ(told.at_pointer("/rule/grade")->as_string(), "proposal");
    EXPECT_EQ(told.at_pointer("/rule/grade_text/zh")->as_string(), "未见当地规定，为本系统默认值。");
    EXPECT_EQ(told.at_pointer("/pack/pack_id")->as_string(), "cn-national");
    EXPECT_EQ(told.at_pointer("/asked/0/pack_id")->as_string(), "cn-shandong");
    EXPECT_EQ(*told.at_pointer("/asked/0/has_rule"), Json(false));
    EXPECT_EQ(*told.at_pointer("/asked/1/has_rule"), Json(true));
    EXPECT_EQ(told.at_pointer("/deadline/due_on")->as_string(), "2026-03-09");
    EXPECT_THAT(told.at_pointer("/text/en")->as_string(),
                HasSubstr("370102, by " + testing::national_pack()));
    EXPECT_FALSE(
        explain_rule(rules(), calendar, {.rule = "no.such", .region = "370102", .on = day("2026-03-02")}));
    auto const none = explain_rule(
        rules(), calendar,
        {.rule = "verify.officers", .region = "370102", .on = day("2026-03-02"), .from = day("2026-03-02")});
    EXPECT_EQ(none.error().fields.at(0).pointer, "query:from");
}

TEST(Explanation, OfAPackIsOfTheVersionWithThatValue) {
    auto const calendar = WorkingCalendar::from_resources().value();
    auto const shown = [&](char const* value) {
        return explain_rule(rules(), calendar,
                            {.rule = "publicity.serious.min",
                             .region = "",
                             .on = day("2026-11-30"),
                             .pack = "cn-national",
                             .value = value})
            .value();
    };
    EXPECT_EQ(shown("6 months").at_pointer("/rule/source/key")->as_string(), "P-527");
    EXPECT_EQ(shown("1 years").at_pointer("/rule/source/key")->as_string(), "P-36y, P-36j");
    EXPECT_TRUE(shown("6 months").at("region").is_null());
    EXPECT_EQ(shown("6 months").at("other_versions").as_array().size(), 2u);
    EXPECT_EQ(explanation_link(at("remedy.litigation", "110105", "2026-11-30")),
              "/v1/rules/explain?rule=remedy.litigation&pack=cn-national&value=6%20months");
}

TEST(Explanation, TellsInWhatTwoPlacesDiffer) {
    auto const differing = differing_rules(rules(), "110105", rules(), "440305", day("2026-11-30"));
    std::set<std::string> ids;
    for (auto const& one : differing) ids.insert(one.id);
    EXPECT_THAT(ids, Contains("eligibility.bars"));
    EXPECT_THAT(ids, Contains("next_step.unfulfilled"));
    EXPECT_THAT(ids, Contains("log.query"));
    EXPECT_FALSE(ids.contains("defence.period"));
    EXPECT_TRUE(differing_rules(rules(), "110105", rules(), "110101", day("2026-11-30")).empty());
    EXPECT_TRUE(differing_rules(rules(), "110105", rules(), "440305", day("2020-01-02")).size() <
                differing.size());
}

ClockRule working_days(int n) {
    return {.id = "verify.matter",
            .pack_id = "M",
            .pack_version = "1",
            .starts = "commitment.accepted",
            .value = n};
}

/// The calendar of this year alone, from the files that are carried.
WorkingCalendar only(char const* file) {
    auto const files = resources_in(file);
    return WorkingCalendar::from_files(files).value();
}

// The years that are known show that the bracket holds: with 2025 alone, each end in 2026 lies within.
TEST(Provisional, HoldsTheDayThatTheNoticeThenGives) {
    auto const known = WorkingCalendar::from_resources().value();
    auto const before = only("calendar/cn-2025");
    for (int const length : {3, 5, 20, 60})
        for (Date event = day("2025-11-20"); event <= day("2025-12-31");
             event = add_calendar_days(event, 1)) {
            auto const end = due(working_days(length), event, known).value().date;
            auto const bracket = provisional_end(working_days(length), event, before);
            ASSERT_EQ(bracket.has_value(), end.year() != std::chrono::year{2025}) << to_iso(event);
            if (!bracket) continue;
            EXPECT_LE(bracket->earliest, end) << to_iso(event) << " " << length;
            EXPECT_GE(bracket->latest, end) << to_iso(event) << " " << length;
        }
}

TEST(Provisional, OfTwentyWorkingDaysFromTheFourthOfDecember) {
    auto const known = WorkingCalendar::from_resources().value();
    EXPECT_FALSE(provisional_end(working_days(20), day("2026-12-03"), known)) << "its end is known";
    auto const bracket = provisional_end(working_days(20), day("2026-12-04"), known).value();
    EXPECT_EQ(to_iso(bracket.earliest), "2027-01-02");
    EXPECT_EQ(to_iso(bracket.latest), "2027-01-04");
    EXPECT_FALSE(provisional_end(working_days(20), day("2031-03-01"), known))
        << "its festivals are not known";
    EXPECT_THAT(provisional_source().en, HasSubstr("Provisional"));
}

}  // namespace
}  // namespace sponsio::domain
