#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"
#include "server/domain/lifecycle.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// A period as a rule pack states it, and its last day.
namespace sponsio::domain {

class WorkingCalendar;

enum class PeriodUnit { working_days, calendar_days, months, years };

constexpr auto words_of(PeriodUnit) {
    using enum PeriodUnit;
    return std::to_array<Word<PeriodUnit>>({{working_days, "working_days"},
                                            {calendar_days, "calendar_days"},
                                            {months, "months"},
                                            {years, "years"}});
}

/// The strength of a rule's foundation, strongest first. Shown wherever a rule is shown.
enum class Grade { primary_law, page, program_evidence, general_knowledge, proposal };

constexpr auto words_of(Grade) {
    using enum Grade;
    return std::to_array<Word<Grade>>({{primary_law, "primary_law"},
                                       {page, "page"},
                                       {program_evidence, "program_evidence"},
                                       {general_knowledge, "general_knowledge"},
                                       {proposal, "proposal"}});
}

struct RuleSource {
    std::string key;      ///< short and stable: "L-APL art.60"
    std::string text;     ///< the law or document and the place in it
    std::string address;  ///< where it can be read; may be empty
};

struct ClockRule {
    std::string id;            ///< "penalty.serve"
    std::string pack_id;       ///< "cn-national"
    std::string pack_version;  ///< "2026.1"
    std::string starts;        ///< the event the period runs from, a word of the pack
    int value = 0;
    PeriodUnit unit = PeriodUnit::working_days;
    bool rolls =
        false;  ///< a last day that is not worked moves to the next one that is (Civil Code art. 203)
    RuleSource source;
    Grade grade = Grade::proposal;
};

/// The end of a period, with everything needed to explain it.
struct DueDate {
    Date date;              ///< the last day, in China
    Instant ends;           ///< the first instant after it: from here on the period is over
    std::string rule;       ///< "penalty.serve 7 working_days"
    std::string rule_pack;  ///< "cn-national 2026.1"
    std::string calendar;   ///< "cn-2026", "cn-2026+cn-2027"; empty if no calendar was needed

    [[nodiscard]] bool over(Instant now) const { return now >= ends; }
};

/// The day of the event does not count; the period ends at the end of its last day, China time (Civil Code
/// art. 201-203). Fault: calendar_unknown if a year it needs has not been announced.
Outcome<DueDate> due(ClockRule const& rule, Date event, WorkingCalendar const& calendar);
/// The period from the day in China of `event`.
Outcome<DueDate> due(ClockRule const& rule, Instant event, WorkingCalendar const& calendar);

/// The last day before any move to a working day, of a period that needs no calendar.
Date plain_last_day(ClockRule const& rule, Date event);

/// A period that has begun: its end or, while no calendar covers it, the year that is missing.
struct Period {
    ClockRule rule;
    std::optional<DueDate> end;
    std::optional<std::chrono::year> waits_for;
};

/// As `due`, but a year that is not announced yet only leaves the end open.
Outcome<Period> begin_period(ClockRule const& rule, Date event, WorkingCalendar const& calendar);

/// The name of a rule wherever it has set something: "penalty.serve 7 working_days", "cn-national 2026.1".
std::string rule_name(ClockRule const& rule);
/// The rule that rule_name() named: id, value and unit. Nothing for another text. A period in other units
/// than working days is taken as one whose last day moves, since no other needs a calendar.
std::optional<ClockRule> read_rule_name(std::string_view name);
std::string pack_name(ClockRule const& rule);

}  // namespace sponsio::domain
