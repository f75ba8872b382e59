#include "server/domain/clock_rule.hpp"

#include "server/domain/calendar.hpp"

#include <array>
#include <charconv>

namespace sponsio::domain {
namespace {

constexpr int months_in_year = 12;

std::string joined(std::vector<std::string> const& versions) {
    std::string text;
    for (std::string const& version : versions) text += (text.empty() ? "" : "+") + version;
    return text;
}

Outcome<WorkingCalendar::Counted> last_day(ClockRule const& rule, Date event,
                                           WorkingCalendar const& calendar) {
    if (rule.unit == PeriodUnit::working_days) return calendar.add_working_days(event, rule.value);
    Date const last = plain_last_day(rule, event);
    if (rule.rolls) return calendar.next_working_day(last);
    return WorkingCalendar::Counted{.date = last, .versions = {}};
}

/// The first year without a calendar that the count reaches.
std::chrono::year missing_year(ClockRule const& rule, Date event, WorkingCalendar const& calendar) {
    Date const first =
        rule.unit == PeriodUnit::working_days ? add_calendar_days(event, 1) : plain_last_day(rule, event);
    std::chrono::year year = first.year();
    while (calendar.knows(year)) ++year;
    return year;
}

}  // namespace

Date plain_last_day(ClockRule const& rule, Date event) {
    switch (rule.unit) {
        case PeriodUnit::months: return add_months(event, rule.value);
        case PeriodUnit::years: return add_months(event, rule.value * months_in_year);
        default: return add_calendar_days(event, rule.value);
    }
}

Outcome<DueDate> due(ClockRule const& rule, Date event, WorkingCalendar const& calendar) {
    auto last = last_day(rule, event, calendar);
    if (!last) return last.error();
    return DueDate{.date = last->date,
                   .ends = china_midnight(add_calendar_days(last->date, 1)),
                   .rule = rule_name(rule),
                   .rule_pack = pack_name(rule),
                   .calendar = joined(last->versions)};
}

Outcome<DueDate> due(ClockRule const& rule, Instant event, WorkingCalendar const& calendar) {
    return due(rule, china_date(event), calendar);
}

Outcome<Period> begin_period(ClockRule const& rule, Date event, WorkingCalendar const& calendar) {
    auto end = due(rule, event, calendar);
    if (end) return Period{.rule = rule, .end = std::move(*end), .waits_for = std::nullopt};
    if (end.error().problem != &problem::calendar_unknown) return end.error();
    return Period{.rule = rule, .end = std::nullopt, .waits_for = missing_year(rule, event, calendar)};
}

std::string rule_name(ClockRule const& rule) {
    return rule.id + " " + std::to_string(rule.value) + " " + std::string(word(rule.unit));
}

std::optional<ClockRule> read_rule_name(std::string_view name) {
    std::size_t const value = name.find(' '), unit = name.rfind(' ');
    if (value == std::string_view::npos || unit == value) return std::nullopt;
    ClockRule rule{.id = std::string(name.substr(0, value))};
    std::string_view const number = name.substr(value + 1, unit - value - 1);
    auto const known = from_word<PeriodUnit>(name.substr(unit + 1));
    auto const [end, error] = std::from_chars(number.data(), number.data() + number.size(), rule.value);
    if (!known || error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
    rule.unit = *known;
    rule.rolls = *known != PeriodUnit::working_days;
    return rule;
}

std::string pack_name(ClockRule const& rule) {
    return rule.pack_id + " " + rule.pack_version;
}

}  // namespace sponsio::domain
