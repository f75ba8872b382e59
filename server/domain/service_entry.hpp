#pragma once

#include "server/base/id.hpp"
#include "server/domain/decode.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"
#include "server/domain/rules.hpp"

#include <string>
#include <string_view>

namespace sponsio {

using LateServiceId = Id<struct LateServiceTag>;

}  // namespace sponsio

/// When the periods that the service of a paper starts begin to run, and what is done with a service that is
/// recorded late (docs/law.md E14).
namespace sponsio::domain {

/// Why the periods run from a day: it is that of the service, or the first one that its record lets count.
enum class CountsFrom { served, recorded };

constexpr auto words_of(CountsFrom) {
    using enum CountsFrom;
    return std::to_array<Word<CountsFrom>>({{served, "served"}, {recorded, "recorded"}});
}

/// The day in China from which the periods of a service run.
struct ServiceEntry {
    Date counts_from;
    CountsFrom why;

    /// It was recorded later than the rule allows, so that a second person has to confirm it.
    [[nodiscard]] bool late() const { return why == CountsFrom::recorded; }
};

/// The later of the day of service and the day of the record less `service.entry`. Nobody's date alone makes
/// a period end earlier than that. Fault: as Rules::clock.
Outcome<ServiceEntry> service_entry(Rules const& rules, std::string_view region, Instant served_at,
                                    Instant recorded_at);

// -------------------------------------------------------------------------------------- a late entry
enum class LateServiceState { entered, confirmed, refused };
enum class LateServiceEvent { confirm, refuse };

constexpr auto words_of(LateServiceState) {
    using enum LateServiceState;
    return std::to_array<Word<LateServiceState>>(
        {{entered, "entered"}, {confirmed, "confirmed"}, {refused, "refused"}});
}

constexpr auto words_of(LateServiceEvent) {
    using enum LateServiceEvent;
    return std::to_array<Word<LateServiceEvent>>({{confirm, "confirm"}, {refuse, "refuse"}});
}

struct LateServiceFacts {
    PersonId actor;
    PersonId recorded_by;
};

using LateServiceLifecycle = Lifecycle<LateServiceState, LateServiceEvent, LateServiceFacts>;
extern LateServiceLifecycle const late_service_lifecycle;

/// What a second person says to a late entry, having looked at the receipt.
struct LateServiceDecision {
    bool confirmed;
    std::string opinion;

    static LateServiceDecision read(Fields& fields);
};

}  // namespace sponsio::domain
