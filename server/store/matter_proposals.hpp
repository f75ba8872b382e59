#pragma once

#include "server/db/session.hpp"
#include "server/domain/matter_proposal.hpp"

#include <optional>
#include <string>
#include <vector>

/// Versions of matters that wait for the decision of a second person.
namespace sponsio::store {

struct MatterProposal {
    domain::MatterProposalId id;
    OrganisationId organisation;
    std::string matter_code;
    int after_version;    ///< the newest one when it was proposed; 0: the matter is new
    std::string content;  ///< canonical JSON of domain::MatterVersion
    AccountId proposed_by;
    Instant proposed_at;
    domain::MatterProposalState state = domain::MatterProposalState::proposed;
    std::optional<AccountId> decided_by{};
    std::optional<Instant> decided_at{};
    std::optional<std::string> why{};
    std::optional<int> version{};  ///< that it became
};

void insert(db::PgSession& db, MatterProposal const& proposal);
/// Locked until the transaction ends.
std::optional<MatterProposal> lock_matter_proposal(db::PgSession& db, OrganisationId organisation,
                                                   domain::MatterProposalId id);
/// Stores what was decided. `decided_at` is not before `proposed_at`.
void decide(db::PgSession& db, MatterProposal const& proposal);
std::optional<MatterProposal> matter_proposal(db::PgSession& db, OrganisationId organisation,
                                              domain::MatterProposalId id);
/// In the order in which they were proposed, after `after`.
std::vector<MatterProposal> matter_proposals_after(db::PgSession& db, OrganisationId organisation,
                                                   std::optional<domain::MatterProposalState> state,
                                                   std::optional<domain::MatterProposalId> after, int limit);

}  // namespace sponsio::store
