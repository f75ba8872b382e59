#pragma once

#include "server/service/matters/cache.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/commitments.hpp"

#include <memory>
#include <string>

/// What a check or a finding does with the commitment it is about.
namespace sponsio::service {

/// Moves the commitment, which is locked first, by an event that its check or finding brought about.
Outcome<void> move_commitment(db::PgSession& db, std::string const& code, domain::CommitmentEvent event,
                              std::optional<AccountId> actor, Instant now);

/// A commitment as the unit that verifies it may read it.
struct OpenedCommitment {
    store::CommitmentRow row;
    domain::Json content;  ///< domain::CommitmentContent as it was sealed
    std::shared_ptr<KnownMatter const> matter;

    [[nodiscard]] std::string const& committer_name() const;
    /// What a person who checks it needs: who promised what, when and why.
    [[nodiscard]] domain::Json summary() const;
};

/// problem::gone if its key was destroyed.
Outcome<OpenedCommitment> open_commitment(db::PgSession& db, Vault const& vault, MatterCache& matters,
                                          std::string const& code);

}  // namespace sponsio::service
