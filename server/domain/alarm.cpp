#include "server/domain/alarm.hpp"

#include "server/domain/calendar.hpp"

namespace sponsio::domain {
namespace {

ClockRule clock_of(Rules::Found const& alarm) {
    Rule const& rule = *alarm.rule;
    return {.id = rule.id,
            .pack_id = alarm.pack->pack_id,
            .pack_version = alarm.pack->version,
            .starts = "task.due",
            .value = static_cast<int>(rule.value),
            .unit = rule.unit,
            .rolls = false,
            .source = rule.source,
            .grade = rule.grade};
}

DueDate at_day(ClockRule const& rule, Date day, std::string calendar) {
    return {.date = day,
            .ends = china_midnight(day),
            .rule = rule_name(rule),
            .rule_pack = pack_name(rule),
            .calendar = std::move(calendar)};
}

/// The day on which `days` working days are left, `last` counted; if a calendar is missing, only its year.
Period working_days_before(ClockRule rule, Date last, int days, WorkingCalendar const& calendar) {
    std::string versions;
    std::optional<std::chrono::year> year;
    for (Date day = last;; day = add_calendar_days(day, -1)) {
        auto const worked = calendar.is_working_day(day);
        if (!worked) return {.rule = std::move(rule), .end = std::nullopt, .waits_for = day.year()};
        if (year != day.year()) {
            year = day.year();
            versions = calendar.version(*year).value() + (versions.empty() ? "" : "+") + versions;
        }
        if (*worked && --days == 0) {
            auto end = at_day(rule, day, std::move(versions));
            return {.rule = std::move(rule), .end = std::move(end), .waits_for = std::nullopt};
        }
    }
}

}  // namespace

Outcome<Period> alarm_period(Rules::Found const& alarm, Instant due_at, WorkingCalendar const& calendar) {
    ClockRule rule = clock_of(alarm);
    Date const day_after = china_date(due_at);
    Date const last = add_calendar_days(day_after, -1);
    if (rule.value == 0 || (rule.value < 0 && rule.unit == PeriodUnit::calendar_days)) {
        auto end = at_day(rule, add_calendar_days(day_after, rule.value), {});
        if (rule.value == 0) end.ends = due_at;
        return Period{.rule = std::move(rule), .end = std::move(end), .waits_for = std::nullopt};
    }
    if (rule.value < 0) return working_days_before(rule, last, -rule.value, calendar);
    return begin_period(rule, last, calendar);
}

}  // namespace sponsio::domain
