#pragma once

#include "server/base/fault.hpp"
#include "server/domain/clock_rule.hpp"
#include "server/domain/decode.hpp"

#include <optional>

/// What can be said of the end of a period that reaches into a year whose working days are not announced yet:
/// from the festivals that the law itself frees. Shown to people; nothing is ever decided by it.
namespace sponsio::domain {

class WorkingCalendar;

/// The end of a period lies on one of these days or between them.
struct Provisional {
    Date earliest;
    Date latest;
};

/// Nothing where the calendar knows the end, or where the festivals of the year are not known either.
std::optional<Provisional> provisional_end(ClockRule const& rule, Date event,
                                           WorkingCalendar const& calendar);

/// Where such days come from (docs/law.md N4).
Bilingual const& provisional_source();

/// {"earliest", "latest", "source"}, or null.
Json provisional_view(std::optional<Provisional> const& days);

}  // namespace sponsio::domain
