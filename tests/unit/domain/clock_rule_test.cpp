#include "server/domain/clock_rule.hpp"

#include "server/domain/calendar.hpp"
#include "server/domain/rules.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sponsio::domain {
namespace {

Date day(std::string const& iso) {
    return parse_iso_date(iso).value();
}

Instant at(std::string const& rfc3339) {
    return parse_rfc3339(rfc3339).value();
}

WorkingCalendar const& calendar() {
    static WorkingCalendar const loaded = WorkingCalendar::from_resources().value();
    return loaded;
}

ClockRule clock(int value, PeriodUnit unit, bool rolls = false) {
    return {.id = "test.clock",
            .pack_id = "pack",
            .pack_version = "2026.1",
            .starts = "test.event",
            .value = value,
            .unit = unit,
            .rolls = rolls,
            .source = {},
            .grade = Grade::proposal};
}

struct PeriodCase {
    char const* what;
    int value;
    PeriodUnit unit;
    bool rolls;
    char const* event;
    char const* last;
    char const* calendar;
};

class Periods : public testing::TestWithParam<PeriodCase> {};

TEST_P(Periods, EndWhereTheLawSays) {
    PeriodCase const& c = GetParam();
    auto const due_date = due(clock(c.value, c.unit, c.rolls), day(c.event), calendar()).value();
    EXPECT_EQ(to_iso(due_date.date), c.last) << c.what;
    EXPECT_EQ(due_date.calendar, c.calendar) << c.what;
}

INSTANTIATE_TEST_SUITE_P(
    ClockRule, Periods,
    testing::Values(PeriodCase{"the day of the event does not count", 1, PeriodUnit::calendar_days, false,
                               "2026-03-02", "2026-03-03", ""},
                    PeriodCase{"working days skip a weekend", 5, PeriodUnit::working_days, false,
                               "2026-03-05", "2026-03-12", "cn-2026.1"},
                    PeriodCase{"an event on a day off", 1, PeriodUnit::working_days, false, "2026-10-02",
                               "2026-10-08", "cn-2026.1"},
                    PeriodCase{"remote notice over National Day, with a Saturday worked", 3,
                               PeriodUnit::working_days, false, "2026-10-08", "2026-10-12", "cn-2026.1"},
                    PeriodCase{"over the turn of the year", 2, PeriodUnit::working_days, false, "2025-12-30",
                               "2026-01-04", "cn-2025.1+cn-2026.1"},
                    PeriodCase{"ends on a holiday and stays", 60, PeriodUnit::calendar_days, false,
                               "2026-08-03", "2026-10-02", ""},
                    PeriodCase{"ends on a holiday and rolls", 60, PeriodUnit::calendar_days, true,
                               "2026-08-03", "2026-10-08", "cn-2026.1"},
                    PeriodCase{"rolls to a Sunday that is worked", 1, PeriodUnit::calendar_days, true,
                               "2026-09-18", "2026-09-20", "cn-2026.1"},
                    PeriodCase{"ends on a working day and rolls nowhere", 60, PeriodUnit::calendar_days, true,
                               "2026-03-02", "2026-05-06", "cn-2026.1"},
                    PeriodCase{"rolls over New Year", 1, PeriodUnit::calendar_days, true, "2025-12-31",
                               "2026-01-04", "cn-2026.1"},
                    PeriodCase{"months end on the corresponding day", 3, PeriodUnit::months, false,
                               "2026-03-20", "2026-06-20", ""},
                    PeriodCase{"or on the last of the month", 1, PeriodUnit::months, false, "2026-01-31",
                               "2026-02-28", ""},
                    PeriodCase{"a leap day", 1, PeriodUnit::years, false, "2024-02-29", "2025-02-28", ""},
                    PeriodCase{"years need no calendar", 5, PeriodUnit::years, false, "2026-03-02",
                               "2031-03-02", ""}));

TEST(ClockRule, EndsAtMidnightInChina) {
    auto const due_date = due(clock(1, PeriodUnit::calendar_days), day("2026-03-02"), calendar()).value();
    EXPECT_EQ(to_rfc3339(due_date.ends), "2026-03-03T16:00:00.000000Z");
    EXPECT_FALSE(due_date.over(at("2026-03-03T15:59:59.999999Z")));
    EXPECT_TRUE(due_date.over(at("2026-03-03T16:00:00Z")));
}

// A hearing asked for on the fifth working day at 23:59 is in time, on the sixth day it is not.
TEST(ClockRule, CountsFromTheChinaDayOfTheEvent) {
    auto const evening =
        due(clock(5, PeriodUnit::working_days), at("2026-03-02T15:59:00Z"), calendar()).value();
    auto const night =
        due(clock(5, PeriodUnit::working_days), at("2026-03-02T16:00:00Z"), calendar()).value();
    EXPECT_EQ(to_iso(evening.date), "2026-03-09");
    EXPECT_EQ(to_iso(night.date), "2026-03-10");
    EXPECT_FALSE(evening.over(at("2026-03-09T15:59:00Z")));
    EXPECT_TRUE(evening.over(at("2026-03-10T00:00:00Z")));
}

TEST(ClockRule, ExplainsItself) {
    auto const due_date = due(clock(7, PeriodUnit::working_days), day("2026-03-02"), calendar()).value();
    EXPECT_EQ(due_date.rule, "test.clock 7 working_days");
    EXPECT_EQ(due_date.rule_pack, "pack 2026.1");
    EXPECT_EQ(due_date.calendar, "cn-2026.1");
}

TEST(ClockRule, FailsOnlyWhereAYearIsReallyNeeded) {
    Date const late = day("2035-06-01");
    EXPECT_TRUE(due(clock(60, PeriodUnit::calendar_days), late, calendar()));
    auto const rolling = due(clock(60, PeriodUnit::calendar_days, true), late, calendar());
    ASSERT_FALSE(rolling);
    EXPECT_EQ(rolling.error().problem, &problem::calendar_unknown);
    EXPECT_FALSE(due(clock(1, PeriodUnit::working_days), late, calendar()));
}

TEST(ClockRule, AnUnknownYearLeavesAnEndOpenAndSaysWhichYear) {
    struct Case {
        ClockRule rule;
        char const* event;
        int missing;  ///< 0: none
    };

    Case const cases[] = {{clock(5, PeriodUnit::working_days), "2026-12-24", 0},
                          {clock(5, PeriodUnit::working_days), "2026-12-25", 2027},
                          {clock(5, PeriodUnit::working_days), "2026-12-31", 2027},
                          {clock(6, PeriodUnit::months, true), "2026-06-30", 0},
                          {clock(6, PeriodUnit::months, true), "2026-07-01", 2027},
                          {clock(6, PeriodUnit::months, true), "2027-07-01", 2028},
                          {clock(6, PeriodUnit::months), "2027-07-01", 0}};
    for (auto const& [rule, event, missing] : cases) {
        Period const period = begin_period(rule, day(event), calendar()).value();
        EXPECT_EQ(period.waits_for ? int{*period.waits_for} : 0, missing) << event;
        EXPECT_EQ(period.end.has_value(), missing == 0) << event;
        EXPECT_EQ(rule_name(period.rule), rule_name(rule));
    }
    // Other faults are not about calendars, and stay faults.
    EXPECT_EQ(begin_period(clock(0, PeriodUnit::working_days), day("2026-03-02"), calendar()).error().problem,
              &problem::internal);
}

TEST(ClockRuleProperty, RollingNeverShortensAndEndsOnAWorkingDay) {
    for (Date event = day("2025-01-01"); event < day("2026-09-30"); event = add_calendar_days(event, 1)) {
        for (int value : {1, 2, 7, 15, 30, 60, 90}) {
            auto const fixed = due(clock(value, PeriodUnit::calendar_days), event, calendar()).value();
            auto const rolled = due(clock(value, PeriodUnit::calendar_days, true), event, calendar()).value();
            ASSERT_EQ(std::chrono::sys_days{fixed.date} - std::chrono::sys_days{event},
                      std::chrono::days{value});
            ASSERT_LE(fixed.date, rolled.date);
            ASSERT_TRUE(calendar().is_working_day(rolled.date).value());
            // Nothing between the two was worked, or the period would have ended there.
            ASSERT_LE(calendar().working_days_between(fixed.date, rolled.date).value(), 1);
            ASSERT_EQ(rolled.ends, china_midnight(add_calendar_days(rolled.date, 1)));
        }
    }
}

TEST(ClockRuleProperty, ALaterEventNeverEndsEarlier) {
    for (bool const rolls : {false, true}) {
        for (PeriodUnit const unit : {PeriodUnit::calendar_days, PeriodUnit::months}) {
            Date before{};
            for (Date event = day("2025-01-01"); event < day("2026-06-30");
                 event = add_calendar_days(event, 1)) {
                Date const last = due(clock(3, unit, rolls), event, calendar()).value().date;
                if (before.ok()) ASSERT_LE(before, last) << to_iso(event);
                before = last;
            }
        }
    }
}

}  // namespace
}  // namespace sponsio::domain
