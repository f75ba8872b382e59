#pragma once

#include "server/base/id.hpp"
#include "server/domain/lifecycle.hpp"
#include "server/domain/matter.hpp"
#include "server/domain/person_id.hpp"

#include <array>
#include <string_view>

/// A version of a matter that one person proposes and another decides about: one that frees everybody from
/// checks, or lays the checks upon another unit.
namespace sponsio::domain {

using MatterProposalId = Id<struct MatterProposalTag>;

enum class MatterProposalState {
    proposed,
    accepted,  ///< it became a version of the matter
    refused
};
enum class MatterProposalEvent { accept, refuse };

constexpr auto words_of(MatterProposalState) {
    using enum MatterProposalState;
    return std::to_array<Word<MatterProposalState>>(
        {{proposed, "proposed"}, {accepted, "accepted"}, {refused, "refused"}});
}

constexpr auto words_of(MatterProposalEvent) {
    using enum MatterProposalEvent;
    return std::to_array<Word<MatterProposalEvent>>({{accept, "accept"}, {refuse, "refuse"}});
}

struct MatterProposalFacts {
    PersonId actor;
    PersonId proposed_by;
};

using MatterProposalLifecycle = Lifecycle<MatterProposalState, MatterProposalEvent, MatterProposalFacts>;
extern MatterProposalLifecycle const matter_proposal_lifecycle;

/// Whether an agency's version is decided about by a second person. `agency_uscc`: the agency's own code.
bool needs_second_person(MatterVersion const& version, std::string_view agency_uscc);

}  // namespace sponsio::domain
