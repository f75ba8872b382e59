#include "server/domain/alarm.hpp"

#include "server/domain/calendar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sponsio::domain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

WorkingCalendar const& calendar() {
    static WorkingCalendar const loaded = WorkingCalendar::from_resources().value();
    return loaded;
}

std::string alarm_json(std::string const& id, int value, std::string const& unit = "working_days",
                       std::string const& action = "escalate", std::string const& to = "superior") {
    return R"({"id":")" + id + R"(","kind":"alarm","value":)" + std::to_string(value) + R"(,"unit":")" +
           unit + R"(","action":")" + action + R"(","to":")" + to +
           R"(","note":{"zh":"注","en":"note"},"source":{"key":"k","text":"t","address":null},)"
           R"("grade":"proposal","effective_from":"2020-01-01","effective_to":null})";
}

std::string pack_json(std::string const& id, std::string const& region, std::string const& extends,
                      std::string const& rules) {
    return R"({"pack_id":")" + id + R"(","version":"2026.1","jurisdiction":")" + region + R"(","extends":)" +
           extends +
           R"(,"title":{"zh":"包","en":"pack"},"effective_from":"2020-01-01","effective_to":null,"rules":[)" +
           rules + "]}";
}

Outcome<Rules> load(std::vector<std::string> const& packs) {
    std::vector<Resource> files;
    for (std::string const& text : packs) files.push_back({"rules/t.json", text});
    return Rules::from_files(files);
}

/// The China morning that follows a last day.
Instant after(char const* last_day) {
    return china_midnight(add_calendar_days(parse_iso_date(last_day).value(), 1));
}

struct Case {
    int value;
    char const* unit;
    char const* last_day;
    char const* goes_off;  ///< the China midnight; empty: waits for a calendar
    char const* rule;      ///< calendar, or the year that is missing
};

TEST(Alarm, CountsDaysLeftAndDaysPassed) {
    for (Case const& c :
         {Case{0, "working_days", "2026-03-30", "2026-03-31", ""},
          // Friday's deadline: Wednesday, Thursday and Friday are left from Wednesday's morning on.
          {-3, "working_days", "2026-03-27", "2026-03-25", "cn-2026.1"},
          {-1, "working_days", "2026-03-27", "2026-03-27", "cn-2026.1"},
          // National Day, 1 to 7 October: the three days before 9 October go back to 30 September.
          {-3, "working_days", "2026-10-09", "2026-09-30", "cn-2026.1"},
          {-3, "calendar_days", "2026-10-09", "2026-10-07", ""},
          {5, "working_days", "2026-09-30", "2026-10-14", "cn-2026.1"},
          {5, "calendar_days", "2026-09-30", "2026-10-06", ""},
          // Over the turn of a year, both years counted.
          {-3, "working_days", "2026-01-05", "2025-12-31", "cn-2025.1+cn-2026.1"},
          // A year that nobody announced.
          {5, "working_days", "2026-12-30", "", "2027"},
          {-3, "working_days", "2027-01-04", "", "2027"}}) {
        SCOPED_TRACE(std::to_string(c.value) + " " + c.unit + " " + c.last_day);
        auto const rules = load({pack_json("cn", "100000", "null", alarm_json("v.a", c.value, c.unit))});
        ASSERT_TRUE(rules) << rules.error().cause;
        auto const found = rules->find("v.a", "110105", parse_iso_date("2026-03-02").value()).value();
        auto const period = alarm_period(found, after(c.last_day), calendar()).value();
        if (c.goes_off[0] == 0) {
            EXPECT_FALSE(period.end);
            EXPECT_EQ(std::to_string(int{period.waits_for.value()}), c.rule);
            continue;
        }
        ASSERT_TRUE(period.end);
        EXPECT_EQ(to_rfc3339(period.end->ends),
                  to_rfc3339(china_midnight(parse_iso_date(c.goes_off).value())));
        EXPECT_EQ(period.end->calendar, c.rule);
        EXPECT_EQ(period.end->rule, "v.a " + std::to_string(c.value) + " " + c.unit);
    }
}

std::vector<std::string> named(std::vector<Rules::Found> const& found) {
    std::vector<std::string> list;
    for (auto const& one : found) list.push_back(one.rule->id + " of " + one.pack->pack_id);
    return list;
}

TEST(Alarm, TheNearerPackReplacesAndTheFartherOneAdds) {
    auto const rules =
        load({pack_json("cn", "100000", "null", alarm_json("v.a.b", 0) + "," + alarm_json("v.a.c", 5)),
              pack_json("bj", "110000", R"("cn")", alarm_json("v.a.c", 2) + "," + alarm_json("w.d", 1))});
    ASSERT_TRUE(rules) << rules.error().cause;
    Date const day = parse_iso_date("2026-03-02").value();
    EXPECT_THAT(named(rules->alarms("v.a.", "110105", day)), ElementsAre("v.a.b of cn", "v.a.c of bj"));
    EXPECT_THAT(named(rules->alarms("v.a.", "370102", day)), ElementsAre("v.a.b of cn", "v.a.c of cn"));
    EXPECT_THAT(named(rules->alarms("v.a.", "110105", parse_iso_date("2019-03-02").value())), ElementsAre());
}

TEST(Alarm, MakesSenseOrIsRefused) {
    auto const why = [](std::string const& alarm) {
        auto const loaded = load({pack_json("cn", "100000", "null", alarm)});
        return loaded ? "accepted" : loaded.error().cause;
    };
    EXPECT_EQ(why(alarm_json("v.a", -366, "calendar_days", "warn", "assignee")), "accepted");
    EXPECT_THAT(why(alarm_json("v.a", 367)), HasSubstr("/rules/0/value out_of_range"));
    EXPECT_THAT(why(alarm_json("v.a", 1, "months")), HasSubstr("/rules/0/unit not_allowed_here"));
    EXPECT_THAT(why(alarm_json("v.a", 1, "working_days", "escalate", "assignee")),
                HasSubstr("/rules/0/to not_allowed_here"));
    EXPECT_THAT(why(alarm_json("v.a", 1, "working_days", "shout")),
                HasSubstr("/rules/0/action unknown_value"));
}

TEST(Alarm, ThePackOfTheCountryWarnsAndEscalatesTwice) {
    auto const rules = Rules::from_resources().value();
    auto const alarms = rules.alarms(rule::check_alarms, "110105", parse_iso_date("2026-03-02").value());
    EXPECT_THAT(named(alarms), ElementsAre("verify.alarm.due_soon of cn-national",
                                           "verify.alarm.long_overdue of cn-national",
                                           "verify.alarm.overdue of cn-national"));
    EXPECT_EQ(alarms.at(0).rule->action, AlarmAction::warn);
    EXPECT_EQ(alarms.at(1).rule->to, AlarmTo::superior);
    EXPECT_EQ(alarms.at(2).rule->to, AlarmTo::unit_supervisor);
}

}  // namespace
}  // namespace sponsio::domain
