#pragma once

#include "server/domain/calendar.hpp"
#include "server/domain/rules.hpp"
#include "server/store/organisations.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Periods of things that have one, and the rule behind a refusal.
namespace sponsio::service {

/// The end of a period as its row keeps it. While no calendar covers it only the end is open.
struct CaseClock {
    std::optional<Instant> due;  ///< the first instant after the last day
    std::string rule;            ///< clock text
};

/// Where periods are counted: by the rules of a region.
struct CountedBy {
    domain::Rules const& rules;
    domain::WorkingCalendar const& calendar;
    std::string region;

    /// By those of the place where the organisation is.
    static Outcome<CountedBy> at(db::PgSession& db, OrganisationId organisation, domain::Rules const& rules,
                                 domain::WorkingCalendar const& calendar);

    /// The period of that rule, in force on that day. Faults as Rules::clock and domain::due, but for a
    /// calendar that is not known.
    [[nodiscard]] Outcome<CaseClock> from(domain::ClockId id, Instant event) const;
    [[nodiscard]] Outcome<CaseClock> from(domain::ClockId id, Date event) const;
    /// The same by a rule of another day than that of the event.
    [[nodiscard]] Outcome<CaseClock> from(domain::ClockRule const& rule, Date event) const;
};

/// The refusal with the rule that it follows, the pack that has it and its source.
[[nodiscard]] Fault by_rule(Fault refusal, domain::ClockRule const& rule);
[[nodiscard]] Fault by_rule(Fault refusal, domain::Rules::Found const& found);

/// The same for a rule that may be missing there.
template <domain::RuleKind Kind>
[[nodiscard]] Fault by_rule(Fault refusal, domain::Rules const& rules, domain::RuleId<Kind> id,
                            std::string_view region, Date on) {
    auto const found = rules.find(id, region, on);
    return found ? by_rule(std::move(refusal), *found) : refusal;
}

}  // namespace sponsio::service
