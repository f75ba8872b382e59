#pragma once

#include "server/domain/provisional.hpp"
#include "server/domain/rules.hpp"
#include "server/store/tasks.hpp"

#include <optional>

/// Checks whose last day no calendar knows yet.
namespace sponsio::service {

/// A check's end as its row has it.
store::TaskEnd end_of(domain::Period const& period);

/// What can be said of the end of such a check, from what its row says: which rule runs from which instant.
/// Nothing where the end is known.
std::optional<domain::Provisional> provisional_end(store::TaskEnd const& end, Instant from,
                                                   domain::WorkingCalendar const& calendar);

/// The members that say when a check is to be done: due_on, due_at, rule, explanation, waits_for_calendar,
/// provisional.
domain::JsonObject due_view(store::TaskEnd const& end, Instant from, domain::WorkingCalendar const& calendar);

}  // namespace sponsio::service
