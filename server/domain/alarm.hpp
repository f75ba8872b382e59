#pragma once

#include "server/domain/clock_rule.hpp"
#include "server/domain/rules.hpp"

/// Alarms that a rule pack sets before, at and after a deadline (rules of kind alarm).
namespace sponsio::domain {

/// The time of an alarm for a deadline at `due_at`, the first instant after the last day; the time is
/// `end->ends`. The rule's value counts days: -3 is the morning of the day when three days are left, the last
/// one counted; 0 is `due_at` itself; 5 is when five more days have passed. If the calendar of a year is
/// missing, only the end is open.
Outcome<Period> alarm_period(Rules::Found const& alarm, Instant due_at, WorkingCalendar const& calendar);

}  // namespace sponsio::domain
