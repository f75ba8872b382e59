#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/person_id.hpp"

#include <optional>

namespace sponsio {

using PublicityId = Id<struct PublicityTag>;

}  // namespace sponsio

/// The publication of a record (公示): a decision for each, with its basis, class and impact assessment,
/// whose masked preview a second person approved and of which the subject was told first (docs/law.md G).
namespace sponsio::domain {

enum class PublicityState { proposed, approved, rejected, published, ended };
enum class PublicityEvent { approve, reject, publish, period_over, repaired, record_ended, take_down };

constexpr auto words_of(PublicityState) {
    using enum PublicityState;
    return std::to_array<Word<PublicityState>>({{proposed, "proposed"},
                                                {approved, "approved"},
                                                {rejected, "rejected"},
                                                {published, "published"},
                                                {ended, "ended"}});
}

constexpr auto words_of(PublicityEvent) {
    using enum PublicityEvent;
    return std::to_array<Word<PublicityEvent>>({{approve, "approve"},
                                                {reject, "reject"},
                                                {publish, "publish"},
                                                {period_over, "period_over"},
                                                {repaired, "repaired"},
                                                {record_ended, "record_ended"},
                                                {take_down, "take_down"}});
}

/// Why a publication ended; the words are those of the events.
enum class PublicityEnd { period_over, repaired, record_ended, take_down };

constexpr auto words_of(PublicityEnd) {
    using enum PublicityEnd;
    return std::to_array<Word<PublicityEnd>>({{period_over, "period_over"},
                                              {repaired, "repaired"},
                                              {record_ended, "record_ended"},
                                              {take_down, "take_down"}});
}

PublicityEvent event_of(PublicityEnd why);

struct PublicityFacts {
    std::optional<PersonId> actor;  ///< nobody where the system itself ends it
    bool known = true;              ///< it was entered who the actor is
    PersonId proposed_by;
};

using PublicityLifecycle = Lifecycle<PublicityState, PublicityEvent, PublicityFacts>;
extern PublicityLifecycle const publicity_lifecycle;

}  // namespace sponsio::domain
