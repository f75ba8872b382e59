#include "server/domain/rules.hpp"

#include "server/domain/calendar.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace sponsio::domain {
namespace {

using ::testing::HasSubstr;

Date day(char const* iso) {
    return parse_iso_date(iso).value();
}

Rules const& rules() {
    static Rules const loaded = Rules::from_resources().value();
    return loaded;
}

std::string flag_rule(std::string const& id, bool value, std::string const& from, std::string const& to) {
    return R"({"id":")" + id + R"(","kind":"flag","value":)" + (value ? "true" : "false") +
           R"(,"note":{"zh":"注","en":"note"},"source":{"key":"k","text":"t","address":null},)"
           R"("grade":"proposal","effective_from":")" +
           from + R"(","effective_to":)" + to + "}";
}

std::string pack(std::string const& id, std::string const& jurisdiction, std::string const& extends,
                 std::string const& rows, std::string const& from = "2020-01-01",
                 std::string const& to = "null") {
    return R"({"pack_id":")" + id + R"(","version":"2026.1","jurisdiction":")" + jurisdiction +
           R"(","extends":)" + extends + R"(,"title":{"zh":"包","en":"pack"},"effective_from":")" + from +
           R"(","effective_to":)" + to + R"(,"rules":[)" + rows + "]}";
}

Outcome<Rules> load(std::vector<std::string> const& texts) {
    std::vector<Resource> files;
    for (std::string const& text : texts) files.push_back({"rules/t.json", text});
    return Rules::from_files(files);
}

std::string cause(std::vector<std::string> const& texts) {
    auto const loaded = load(texts);
    return loaded ? "accepted" : loaded.error().cause;
}

std::string const no_end = "null";

struct ClockCase {
    char const* id;
    char const* on;
    int value;
    PeriodUnit unit;
    bool rolls;
    Grade grade;
};

class NationalClocks : public ::testing::TestWithParam<ClockCase> {};

TEST_P(NationalClocks, AreThoseOfTheSheet) {
    ClockCase const& c = GetParam();
    auto const rule = rules().clock(ClockId{c.id}, "100000", day(c.on)).value();
    EXPECT_EQ(rule.value, c.value);
    EXPECT_EQ(rule.unit, c.unit);
    EXPECT_EQ(rule.rolls, c.rolls);
    EXPECT_EQ(rule.grade, c.grade);
    EXPECT_EQ(rule.pack_id, "cn-national");
    EXPECT_FALSE(rule.source.key.empty());
    EXPECT_FALSE(rule.starts.empty());
}

using enum PeriodUnit;
INSTANTIATE_TEST_SUITE_P(
    Rules, NationalClocks,
    ::testing::Values(
        ClockCase{"notice.remote_delivery", "2026-11-23", 3, working_days, false, Grade::proposal},
        ClockCase{"defence.period", "2026-11-23", 5, working_days, false, Grade::proposal},
        ClockCase{"hearing.request", "2026-11-23", 5, working_days, false, Grade::primary_law},
        ClockCase{"hearing.notice", "2026-11-23", 7, working_days, false, Grade::primary_law},
        ClockCase{"penalty.decide", "2026-11-23", 90, calendar_days, false, Grade::primary_law},
        ClockCase{"penalty.serve", "2026-11-23", 7, working_days, false, Grade::primary_law},
        ClockCase{"remedy.reconsider", "2026-11-23", 60, calendar_days, true, Grade::primary_law},
        ClockCase{"remedy.litigation", "2026-11-23", 6, months, true, Grade::primary_law},
        ClockCase{"submit.record", "2026-11-23", 7, working_days, false, Grade::proposal},
        ClockCase{"platform.check", "2026-11-23", 5, working_days, false, Grade::proposal},
        ClockCase{"publish.double", "2026-11-23", 7, working_days, false, Grade::page},
        ClockCase{"withdraw.penalty_post", "2026-11-23", 3, working_days, false, Grade::primary_law},
        ClockCase{"repair.accept", "2025-06-22", 3, working_days, false, Grade::page},
        ClockCase{"repair.decide", "2026-11-23", 3, working_days, false, Grade::proposal},
        ClockCase{"repair.answer", "2026-11-23", 10, working_days, false, Grade::page},
        ClockCase{"retention.negative", "2026-11-23", 5, years, false, Grade::proposal},
        ClockCase{"retention.exam_file", "2026-11-23", 5, years, false, Grade::page},
        ClockCase{"log.network", "2026-11-23", 6, months, false, Grade::primary_law},
        ClockCase{"pia.record", "2026-11-23", 3, years, false, Grade::primary_law},
        ClockCase{"exposure.answer", "2026-11-23", 15, calendar_days, false, Grade::page},
        ClockCase{"exposure.answer.special", "2026-11-23", 20, calendar_days, false, Grade::page},
        ClockCase{"exposure.screen", "2026-11-23", 5, working_days, false, Grade::proposal},
        ClockCase{"exposure.meeting", "2026-11-23", 10, working_days, false, Grade::proposal},
        ClockCase{"exposure.correct", "2026-11-23", 10, working_days, false, Grade::proposal},
        ClockCase{"exposure.yellow", "2026-11-23", 5, working_days, false, Grade::proposal},
        ClockCase{"exposure.appeal", "2026-11-23", 15, calendar_days, false, Grade::proposal},
        ClockCase{"exposure.shown", "2026-11-23", 1, years, false, Grade::proposal},
        ClockCase{"publicity.minor.max", "2026-11-23", 3, months, false, Grade::page},
        ClockCase{"publicity.general.min", "2026-03-31", 3, months, false, Grade::page},
        ClockCase{"publicity.general.max", "2023-04-30", 1, years, false, Grade::page},
        ClockCase{"publicity.general.max", "2023-05-01", 3, years, false, Grade::page},
        ClockCase{"publicity.general.max", "2026-04-01", 1, years, false, Grade::page},
        ClockCase{"publicity.serious.min", "2023-04-30", 6, months, false, Grade::page},
        ClockCase{"publicity.serious.min", "2026-03-31", 3, months, false, Grade::page},
        ClockCase{"publicity.special_field.min", "2026-03-31", 1, years, false, Grade::page},
        ClockCase{"remedy.litigation.no_answer", "2026-11-23", 15, calendar_days, true, Grade::primary_law},
        ClockCase{"remedy.litigation.longest", "2026-11-23", 5, years, false, Grade::primary_law},
        ClockCase{"reconsider.accept", "2026-11-23", 5, working_days, false, Grade::primary_law},
        ClockCase{"datashare.reply.conditional", "2025-08-01", 10, working_days, false, Grade::primary_law},
        ClockCase{"publicity.serious.min", "2026-04-01", 1, years, false, Grade::page},
        ClockCase{"publicity.serious.max", "2026-04-01", 3, years, false, Grade::page}));

TEST(Rules, CountsPublicityFromTheDocumentThatIdentifiesTheAct) {
    for (char const* on : {"2023-04-30", "2026-03-31", "2026-04-01"})
        for (char const* id : {"publicity.general.min", "publicity.general.max", "publicity.serious.min",
                               "publicity.serious.max"})
            EXPECT_EQ(rules().clock(ClockId{id}, "100000", day(on))->starts, "decision.made") << id << on;
    EXPECT_FALSE(rules().clock(ClockId{"publicity.minor.max"}, "100000", day("2026-03-31")));
    EXPECT_FALSE(rules().clock(ClockId{"publicity.special_field.min"}, "100000", day("2026-04-01")));
    EXPECT_FALSE(rules().clock(ClockId{"repair.answer"}, "100000", day("2025-06-21")));
    // Decided on 20 March, shown from 2 April: the ends count from the decision.
    auto const calendar = WorkingCalendar::from_resources().value();
    auto const longest = rules().clock(ClockId{"publicity.general.max"}, "100000", day("2026-04-02")).value();
    EXPECT_EQ(to_iso(due(longest, day("2026-03-20"), calendar)->date), "2027-03-20");
}

TEST(Rules, HoldsNumbersRatiosAndFlags) {
    Date const today = day("2026-11-23");
    EXPECT_EQ(rules().number(rule::full_age, "370102", today).value(), 18);
    EXPECT_EQ(rules().number(rule::officers, "370102", today).value(), 2);
    EXPECT_EQ(rules().ratio(RatioId{"verify.exam_sample"}, "370102", today).value(), (Ratio{10, 100}));
    EXPECT_FALSE(rules().flag(FlagId{"publicity.person.public"}, "370102", today).value());
}

TEST(Rules, GivesEveryRuleASourceAndUniqueDays) {
    std::set<std::string> ids;
    std::set<std::string> places;
    for (RulePack const& one : rules().packs()) {
        places.insert(one.jurisdiction);
        for (Rule const& rule : one.rules) {
            ids.insert(rule.id);
            EXPECT_FALSE(rule.source.key.empty()) << rule.id;
            EXPECT_FALSE(rule.note.zh.empty()) << rule.id;
            std::optional<ActionKind> action;
            if (!rule.action_kinds.empty()) action = rule.action_kinds.front();
            Date const on = std::max(rule.effective_from, one.effective_from);
            EXPECT_EQ(rules().find(rule.id, one.jurisdiction, on, action)->rule, &rule)
                << one.pack_id << rule.id;
        }
    }
    EXPECT_GE(ids.size(), 190u);
    EXPECT_EQ(places,
              (std::set<std::string>{"100000", "110000", "310000", "330000", "370000", "410000", "440300"}));
}

TEST(Rules, SaysWhichRuleIsNotInForceWhereAndWhen) {
    auto const missing = rules().clock(ClockId{"no.such_clock"}, "370102", day("2026-11-23"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().problem, &problem::invalid);
    EXPECT_THAT(missing.error().detail.en, HasSubstr("no.such_clock is in force for 370102 on 2026-11-23"));
    EXPECT_THAT(missing.error().detail.zh, HasSubstr("2026-11-23 在 370102 没有有效的规则 no.such_clock"));
    EXPECT_FALSE(rules().clock(ClockId{"capacity.full_age"}, "370102", day("2026-11-23")))
        << "a number is no clock";
    EXPECT_FALSE(rules().clock(ClockId{"penalty.serve"}, "370102", day("2010-01-01"))) << "before the pack";
}

TEST(Rules, LetTheNearerPackWin) {
    auto const loaded = load({pack("cn", "100000", "null",
                                   flag_rule("a.a", false, "2020-01-01", no_end) + "," +
                                       flag_rule("b.b", true, "2020-01-01", no_end)),
                              pack("sd", "370000", R"("cn")", flag_rule("a.a", true, "2022-01-01", no_end)),
                              pack("jn", "370100", R"("sd")", flag_rule("c.c", true, "2020-01-01", no_end),
                                   "2024-01-01", R"("2024-12-31")")})
                            .value();
    EXPECT_FALSE(loaded.flag(FlagId{"a.a"}, "110101", day("2026-01-01")).value());
    EXPECT_TRUE(loaded.flag(FlagId{"a.a"}, "370000", day("2026-01-01")).value());
    EXPECT_TRUE(loaded.flag(FlagId{"a.a"}, "370102", day("2026-01-01")).value());
    EXPECT_FALSE(loaded.flag(FlagId{"a.a"}, "370102", day("2021-12-31")).value())
        << "before the province's rule";
    EXPECT_EQ(loaded.find("b.b", "370102", day("2026-01-01"))->pack->pack_id, "cn");
    EXPECT_EQ(loaded.find("c.c", "370102", day("2024-06-01"))->pack->pack_id, "jn");
    EXPECT_EQ(loaded.find("a.a", "370102", day("2024-06-01"))->pack->pack_id, "sd");
    EXPECT_FALSE(loaded.find("c.c", "370102", day("2025-01-01"))) << "the city's pack has ended";
    EXPECT_FALSE(loaded.find("c.c", "370202", day("2024-06-01"))) << "another city";
}

TEST(Rules, RefusesABrokenPack) {
    std::string const rule = flag_rule("a.a", true, "2020-01-01", no_end);
    EXPECT_EQ(cause({pack("cn", "100000", "null", rule)}), "accepted");
    EXPECT_THAT(cause({pack("cn", "100000", "null", rule + "," + rule)}), HasSubstr("overlapping_days"));
    EXPECT_EQ(cause({pack("cn", "100000", "null",
                          flag_rule("a.a", true, "2020-01-01", R"("2020-12-31")") + "," +
                              flag_rule("a.a", false, "2021-01-01", no_end))}),
              "accepted");
    EXPECT_THAT(cause({pack("cn", "100000", "null", rule), pack("cn", "100000", "null", rule)}),
                HasSubstr("overlapping_days"));
    EXPECT_THAT(cause({pack("sd", "370000", "null", rule)}), HasSubstr("required"));
    EXPECT_THAT(cause({pack("sd", "370000", R"("cn")", rule)}), HasSubstr("no_such_thing"));
    EXPECT_THAT(cause({pack("sd", "370000", R"("bj")", rule), pack("bj", "110000", R"("sd")", rule)}),
                HasSubstr("out_of_range"));
    EXPECT_THAT(
        cause({pack("sd", "370000", R"("jn")", rule), pack("jn", "370000", R"("sd")", rule, "2030-01-01")}),
        HasSubstr("overlapping_days"));
    EXPECT_THAT(cause({pack("cn", "100000", "null", flag_rule("A", true, "2020-01-01", no_end))}),
                HasSubstr("/rules/0/id bad_format"));
    EXPECT_THAT(
        cause({pack("cn", "100000", "null", flag_rule("a.a", true, "2020-01-01", R"("2019-01-01")"))}),
        HasSubstr("reversed_days"));
    std::string const clock =
        R"({"id":"a.a","kind":"clock","value":0,"unit":"weeks","starts":"x","rolls":true,)"
        R"("note":{"zh":"注","en":"n"},"source":{"key":"k","text":"t","address":null},)"
        R"("grade":"hearsay","effective_from":"2020-01-01","effective_to":null})";
    std::string const why = cause({pack("cn", "100000", "null", clock)});
    EXPECT_THAT(why, HasSubstr("/rules/0/value out_of_range"));
    EXPECT_THAT(why, HasSubstr("/rules/0/unit unknown_value"));
    EXPECT_THAT(why, HasSubstr("/rules/0/grade unknown_value"));
}

TEST(Rules, EndlessExtensionIsRefused) {
    std::string const rule = flag_rule("a.a", true, "2020-01-01", no_end);
    EXPECT_THAT(cause({pack("one", "370000", R"("two")", rule, "2020-01-01", R"("2020-12-31")"),
                       pack("two", "370000", R"("one")", rule, "2021-01-01")}),
                HasSubstr("not_allowed_here"));
}

/// The sentence that stops the start, in both languages; empty if the pack is taken.
std::string complaint(std::string const& pack) {
    auto const loaded = testing::rules_with(pack);
    return loaded ? "" : loaded.error().detail.en + loaded.error().detail.zh;
}

/// The national pack's next version with one place changed.
std::string national_with(std::string const& what, std::string const& by) {
    std::string text = testing::next_national_pack();
    text.replace(text.find(what), what.size(), by);
    return text;
}

TEST(RuleIds, AreCheckedWhenAPackIsLoaded) {
    EXPECT_EQ(complaint(testing::region_pack("110105", testing::number_rule("verify.officers", 3))), "");
    EXPECT_EQ(complaint(testing::region_pack("110105", testing::number_rule("verify.oficers", 3))),
              "The pack invented 1 has a rule that the program does not know: verify.oficers (number)."
              "规则包 invented 1 含有程序不识别的规则：verify.oficers (number)。");
    EXPECT_THAT(complaint(testing::region_pack("110105", testing::number_rule("defence.period", 5))),
                HasSubstr("has the rule defence.period (number), which is of the kind clock."));
    EXPECT_THAT(complaint(testing::region_pack("110105", testing::number_rule("verify.officers", 6))),
                HasSubstr("has the rule verify.officers (number), which lies between 1 and 5."));
    EXPECT_THAT(complaint(national_with(
                    R"("id": "defence.period", "kind": "clock", "value": 5, "unit": "working_days")",
                    R"("id": "defence.period", "kind": "clock", "value": 5, "unit": "months")")),
                HasSubstr("has the rule defence.period (clock), which is counted in working_days."));
}

TEST(RuleIds, AreThereIfTheProgramReadsThem) {
    std::string const said =
        complaint(national_with(R"("id": "capacity.full_age")", R"("id": "capacity.ful_age")"));
    EXPECT_THAT(said, HasSubstr("does not know: capacity.ful_age (number)."));
    EXPECT_THAT(said, HasSubstr("lacks the rule capacity.full_age (number), which the program reads."));
}

TEST(RuleIds, AreThoseOfThePacksThatAreCarried) {
    std::set<std::string_view> known, carried;
    for (KnownRule const& one : known_rules()) EXPECT_TRUE(known.insert(one.id).second) << one.id;
    for (RulePack const& pack : rules().packs())
        for (Rule const& one : pack.rules) carried.insert(one.id);
    // What only some places have, the nation has not.
    for (KnownRule const& one : known_rules())
        if (one.optional && !carried.contains(one.id)) known.erase(one.id);
    EXPECT_EQ(known, carried);
}

// What a served decision of today needs, from the embedded files alone.
TEST(Rules, ComputesAWholeDeadline) {
    auto const calendar = WorkingCalendar::from_resources().value();
    auto const rule = rules().clock(ClockId{"penalty.serve"}, "370102", day("2026-09-28")).value();
    auto const due_date = due(rule, day("2026-09-28"), calendar).value();
    EXPECT_EQ(to_iso(due_date.date), "2026-10-13");
    EXPECT_EQ(due_date.rule, "penalty.serve 7 working_days");
    EXPECT_EQ(due_date.rule_pack, testing::national_pack());
    EXPECT_EQ(due_date.calendar, "cn-2026.1");
}

}  // namespace
}  // namespace sponsio::domain
