#pragma once

#include "server/domain/clock_rule.hpp"
#include "server/domain/rules.hpp"

/// What a rule pack wants done before, at and after a deadline (rules of kind alarm).
namespace sponsio::domain {

/// When an alarm goes off for what is due at `due_at`, the first instant after a last day: `end->ends` is the
/// time. -3: the morning of the day when three days are left, the last one counted; 0: `due_at` itself; 5:
/// when five more days have passed. Without a calendar for a year it needs, only the end is open.
Outcome<Period> alarm_period(Rules::Found const& alarm, Instant due_at, WorkingCalendar const& calendar);

}  // namespace sponsio::domain
