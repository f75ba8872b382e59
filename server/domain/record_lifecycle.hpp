#pragma once

#include "server/domain/lifecycle.hpp"

#include <cstdint>

/// The lifecycle of a record from its draft to the signature (nothing is signed that was not stored first),
/// and its status afterwards.
namespace sponsio::domain {

enum class DraftState { drafted, issued, refused, superseded };
enum class DraftEvent { begin_signing, issue, refuse, supersede };

constexpr auto words_of(DraftState) {
    using enum DraftState;
    return std::to_array<Word<DraftState>>(
        {{drafted, "drafted"}, {issued, "issued"}, {refused, "refused"}, {superseded, "superseded"}});
}

constexpr auto words_of(DraftEvent) {
    using enum DraftEvent;
    return std::to_array<Word<DraftEvent>>(
        {{begin_signing, "begin_signing"}, {issue, "issue"}, {refuse, "refuse"}, {supersede, "supersede"}});
}

using DraftLifecycle = Lifecycle<DraftState, DraftEvent, NoFacts>;
extern DraftLifecycle const draft_lifecycle;

/// The status of an issued record for its readers. The numbers are those of the status list: the registered
/// ones of draft-ietf-oauth-status-list-21 §7.1, and application-specific ones.
enum class RecordStatus : std::uint8_t {
    valid = 0x00,
    invalid = 0x01,         ///< withdrawn or annulled: not to be used
    suspended = 0x02,       ///< not to be used for the time being
    repaired = 0x03,        ///< the credit repair was granted
    objected = 0x0C,        ///< it stands, and an objection to it is being looked at
    remedy_pending = 0x0D,  ///< it stands, and a reconsideration or a court is looking at the finding
};

constexpr auto words_of(RecordStatus) {
    using enum RecordStatus;
    return std::to_array<Word<RecordStatus>>({{valid, "valid"},
                                              {invalid, "invalid"},
                                              {suspended, "suspended"},
                                              {repaired, "repaired"},
                                              {objected, "objected"},
                                              {remedy_pending, "remedy_pending"}});
}

}  // namespace sponsio::domain
