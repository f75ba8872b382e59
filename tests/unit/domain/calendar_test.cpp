#include "server/domain/calendar.hpp"

#include "tests/support/invented_calendar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace sponsio::domain {
namespace {

using namespace std::chrono;
using sponsio::testing::invented_calendar;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Date day(char const* iso) {
    return parse_iso_date(iso).value();
}

WorkingCalendar const& calendar() {
    static WorkingCalendar const loaded = WorkingCalendar::from_resources().value();
    return loaded;
}

std::string year_file(std::string const& year, std::string const& from, std::string const& to,
                      std::string const& worked) {
    return R"({"calendar_id":"cn","year":)" + year + R"(,"version":"cn-)" + year +
           R"(.t","source":{"key":"k","text":{"zh":"文","en":"text"},"address":"https://calendar.test/"},"holidays":[{"name":)" +
           R"({"zh":"节","en":"feast"},"from":")" + from + R"(","to":")" + to + R"("}],"worked_weekends":[)" +
           worked + "]}";
}

std::string why_refused(std::string const& text) {
    std::array<Resource, 1> const files{{{"calendar/t.json", text}}};
    auto const loaded = WorkingCalendar::from_files(files);
    return loaded ? "accepted" : loaded.error().cause;
}

struct DayCase {
    char const* date;
    bool worked;
};

class Days2025And2026 : public ::testing::TestWithParam<DayCase> {};

TEST_P(Days2025And2026, AreAsAnnounced) {
    EXPECT_EQ(calendar().is_working_day(day(GetParam().date)).value(), GetParam().worked);
}

INSTANTIATE_TEST_SUITE_P(
    Calendar, Days2025And2026,
    ::testing::Values(DayCase{"2025-01-01", false}, DayCase{"2025-01-02", true}, DayCase{"2025-01-26", true},
                      DayCase{"2025-01-27", true}, DayCase{"2025-01-28", false}, DayCase{"2025-02-04", false},
                      DayCase{"2025-02-05", true}, DayCase{"2025-02-08", true}, DayCase{"2025-02-09", false},
                      DayCase{"2025-04-27", true}, DayCase{"2025-05-05", false}, DayCase{"2025-06-02", false},
                      DayCase{"2025-09-28", true}, DayCase{"2025-10-08", false}, DayCase{"2025-10-11", true},
                      DayCase{"2026-01-02", false}, DayCase{"2026-01-03", false}, DayCase{"2026-01-04", true},
                      DayCase{"2026-02-14", true}, DayCase{"2026-02-15", false}, DayCase{"2026-02-23", false},
                      DayCase{"2026-02-24", true}, DayCase{"2026-02-28", true}, DayCase{"2026-03-01", false},
                      DayCase{"2026-04-06", false}, DayCase{"2026-05-09", true}, DayCase{"2026-06-19", false},
                      DayCase{"2026-09-20", true}, DayCase{"2026-09-25", false}, DayCase{"2026-10-07", false},
                      DayCase{"2026-10-10", true}, DayCase{"2026-11-23", true},
                      DayCase{"2026-11-22", false}));

// The notices give 28 and 33 days off, with 5 and 6 weekend days worked in exchange.
TEST(Calendar, HasAsManyWorkingDaysAsTheNoticesLeave) {
    EXPECT_EQ(calendar().working_days_between(day("2025-01-01"), day("2025-12-31")).value(), 248);
    EXPECT_EQ(calendar().working_days_between(day("2026-01-01"), day("2026-12-31")).value(), 248);
}

TEST(Calendar, CountsOverAHolidayWithShiftedDays) {
    // Friday 13 February: Saturday is worked, the nine days after it are not.
    auto const counted = calendar().add_working_days(day("2026-02-13"), 3).value();
    EXPECT_EQ(to_iso(counted.date), "2026-02-25");
    EXPECT_THAT(counted.versions, ElementsAre("cn-2026.1"));
}

TEST(Calendar, NamesBothVersionsOfASpanOverTwoYears) {
    auto const counted = calendar().add_working_days(day("2025-12-30"), 3).value();
    EXPECT_EQ(to_iso(counted.date), "2026-01-05");
    EXPECT_THAT(counted.versions, ElementsAre("cn-2025.1", "cn-2026.1"));
}

TEST(Calendar, KeepsAWorkingDayAndMovesAnotherOneOn) {
    EXPECT_EQ(to_iso(calendar().next_working_day(day("2026-09-30")).value().date), "2026-09-30");
    EXPECT_EQ(to_iso(calendar().next_working_day(day("2026-10-01")).value().date), "2026-10-08");
    EXPECT_EQ(to_iso(calendar().next_working_day(day("2026-09-19")).value().date), "2026-09-20");
}

TEST(Calendar, DoesNotGuessAYearThatWasNotAnnounced) {
    auto const unknown = calendar().is_working_day(day("2030-03-01"));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().problem, &problem::calendar_unknown);
    EXPECT_THAT(unknown.error().detail.en, HasSubstr("2030"));
    EXPECT_THAT(unknown.error().detail.zh, HasSubstr("2030"));
    EXPECT_FALSE(calendar().version(year{2030}));
    EXPECT_FALSE(calendar().knows(year{2030}));
    EXPECT_TRUE(calendar().knows(year{2026}));

    // A count that would have to pass into such a year fails too, although most of its days are known.
    std::string const text = invented_calendar(2026);
    std::array<Resource, 1> const files{{{"calendar/t.json", text}}};
    auto const one_year = WorkingCalendar::from_files(files).value();
    EXPECT_EQ(to_iso(one_year.add_working_days(day("2026-12-30"), 1).value().date), "2026-12-31");
    auto const beyond = one_year.add_working_days(day("2026-12-30"), 2);
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().problem, &problem::calendar_unknown);
    EXPECT_THAT(beyond.error().detail.en, HasSubstr("2027"));
}

TEST(Calendar, TakesAYearThatAnOperatorAdds) {
    std::string const text = invented_calendar(2040);
    std::array<Resource, 1> const more{{{"added.json", text}}};
    auto const wider = WorkingCalendar::from_resources(more).value();
    EXPECT_TRUE(wider.knows(year{2040}));
    EXPECT_TRUE(wider.knows(year{2026}));
}

TEST(Calendar, LetsTheHighestVersionOfAYearCount) {
    std::string const ninth = invented_calendar(2040, "9", {"2040-03-03"}),
                      tenth = invented_calendar(2040, "10");
    std::array<Resource, 2> const files{{{"ten.json", tenth}, {"nine.json", ninth}}};
    auto const known = WorkingCalendar::from_files(files).value();
    EXPECT_EQ(known.version(year{2040}).value(), "cn-2040.10");
    EXPECT_FALSE(known.is_working_day(day("2040-03-03")).value()) << "a Saturday";
    std::array<Resource, 2> const twice{{{"a.json", ninth}, {"b.json", ninth}}};
    auto const refused = WorkingCalendar::from_files(twice);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().cause, HasSubstr("/version not_unique"));
}

TEST(Calendar, LearnsInEveryCopyAndKeepsWhatWasCounted) {
    WorkingCalendar held = calendar();
    WorkingCalendar mine = WorkingCalendar::from_resources().value();
    WorkingCalendar const copy = mine;
    auto const counted = copy.add_working_days(day("2026-12-29"), 2).value();
    EXPECT_FALSE(copy.knows(year{2027}));
    std::string const text = invented_calendar(2027);
    std::array<Resource, 1> const more{{{"added.json", text}}};
    mine.become(WorkingCalendar::from_resources(more).value());
    EXPECT_TRUE(copy.knows(year{2027}));
    EXPECT_THAT(copy.add_working_days(day("2026-12-29"), 3).value().versions,
                ElementsAre("cn-2026.1", "cn-2027.test"));
    EXPECT_THAT(counted.versions, ElementsAre("cn-2026.1"));
    EXPECT_FALSE(held.knows(year{2027})) << "another calendar";
}

/// A whole calendar with one place of it changed.
std::string sentence_for(std::string text, std::string const& what, std::string const& by) {
    std::size_t const at = text.find(what);
    if (at == std::string::npos) return "nothing to change";
    text.replace(at, what.size(), by);
    std::array<Resource, 1> const files{{{"t.json", text}}};
    auto const loaded = WorkingCalendar::from_files(files);
    if (loaded) return "accepted";
    return loaded.error().detail.en + loaded.error().cause;
}

TEST(Calendar, RefusesAYearThatNobodyAnnounced) {
    std::string const whole = invented_calendar(2027, "1", {"2027-01-10"});
    EXPECT_EQ(why_refused(whole), "accepted");
    EXPECT_THAT(sentence_for(whole, R"("to":"2027-10-06")", R"("to":"2027-10-05")"),
                HasSubstr("frees 12 working days, those worked in exchange taken off; by law there are 13"));
    EXPECT_THAT(sentence_for(whole, R"("to":"2027-10-06")", R"("to":"2027-10-20")"), HasSubstr("at most 18"));
    EXPECT_THAT(sentence_for(whole, "端午节", "节日"), HasSubstr("lacks the Dragon Boat Festival"));
    EXPECT_THAT(sentence_for(whole, "2027-09-15", "2027-06-30"), HasSubstr("frees 68 working days"));
    EXPECT_THAT(why_refused(year_file("2027", "2027-01-01", "2027-01-03", "")), Not(HasSubstr("accepted")));
}

TEST(Calendar, RefusesSourcesThatNameNothing) {
    std::string const whole = invented_calendar(2027);
    for (char const* key : {"国办发明电〔2026〕…号", "...", "待定", "TBD", "XX"})
        EXPECT_THAT(sentence_for(whole, "\"tests\"", '"' + std::string(key) + '"'),
                    HasSubstr("/source/key placeholder"))
            << key;
    EXPECT_THAT(sentence_for(whole, "Invented for tests", "…"), HasSubstr("/source/text placeholder"));
    for (char const* address : {"a", "https://", "calendar.test/x", "https://localhost/", "https://a b.c/"})
        EXPECT_THAT(sentence_for(whole, "https://calendar.test/", address),
                    HasSubstr("/source/address bad_format"))
            << address;
    EXPECT_THAT(sentence_for(whole, "https://calendar.test/", "https://…"), HasSubstr("/source/address"));
    EXPECT_THAT(sentence_for(whole, "cn-2027.test", "cn-2026.test"), HasSubstr("/version bad_format"));
}

TEST(Calendar, RefusesAFileThatContradictsItself) {
    EXPECT_THAT(why_refused(year_file("2026", "2026-10-07", "2026-10-01", "")), HasSubstr("reversed_days"));
    EXPECT_THAT(why_refused(year_file("2026", "2025-12-31", "2026-01-01", "")), HasSubstr("out_of_range"));
    EXPECT_THAT(why_refused(year_file("2026", "2026-10-01", "2026-10-07", R"("2026-10-09")")),
                HasSubstr("not_allowed_here"))
        << "a Friday is worked anyway";
    EXPECT_THAT(why_refused(year_file("2026", "2026-10-01", "2026-10-07", R"("2026-10-03")")),
                HasSubstr("not_allowed_here"))
        << "a holiday cannot be worked";
    EXPECT_THAT(why_refused(year_file("2026", "2026-02-30", "2026-03-01", "")), HasSubstr("impossible_date"));
    EXPECT_THAT(why_refused("{"), HasSubstr("calendar/t.json"));
}

// Properties over every day of the two known years.
TEST(CalendarProperty, AddingAndCountingAgree) {
    for (Date start = day("2025-01-01"); start < day("2026-09-01"); start = add_calendar_days(start, 3)) {
        Date last = start;
        for (int n = 1; n <= 60; ++n) {
            auto const counted = calendar().add_working_days(start, n).value();
            ASSERT_TRUE(calendar().is_working_day(counted.date).value());
            ASSERT_LT(last, counted.date);
            ASSERT_EQ(calendar().working_days_between(start, counted.date).value(), n);
            last = counted.date;
        }
    }
}

TEST(CalendarProperty, MonthsStayInTheirMonth) {
    for (Date start = day("2025-01-01"); start < day("2026-12-31"); start = add_calendar_days(start, 1)) {
        for (int n = 1; n <= 24; ++n) {
            Date const moved = add_months(start, n);
            ASSERT_TRUE(moved.ok());
            ASSERT_EQ(moved.year() / moved.month(), start.year() / start.month() + months{n});
            ASSERT_LE(moved.day(), start.day());
        }
    }
    EXPECT_EQ(to_iso(add_months(day("2026-01-31"), 1)), "2026-02-28");
    EXPECT_EQ(to_iso(add_months(day("2028-02-29"), 12)), "2029-02-28");
    EXPECT_EQ(to_iso(add_months(day("2026-12-31"), 2)), "2027-02-28");
}

}  // namespace
}  // namespace sponsio::domain
