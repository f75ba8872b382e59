#pragma once

#include "server/domain/assent.hpp"
#include "server/service/matters/cache.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/commitments.hpp"

#include <memory>
#include <optional>
#include <string>

/// The effects of a task or a finding on its commitment.
namespace sponsio::service {

/// Locks the commitment and moves it by an event of its task or finding.
Outcome<void> move_commitment(db::PgSession& db, std::string const& code, domain::CommitmentEvent event,
                              std::optional<AccountId> actor, Instant now);

/// The member of a commitment's content, or null if an older or simpler one has none.
domain::Json member_or_null(domain::Json const& content, std::string_view name);

/// The image of the paper that the committer signed, if it is here.
std::optional<EvidenceId> signed_paper_of(db::PgSession& db, domain::Json const& content,
                                          std::string const& code);

/// A commitment decrypted for the unit that verifies it.
struct OpenedCommitment {
    store::CommitmentRow row;
    domain::Json content;  ///< domain::CommitmentContent as it was sealed
    std::shared_ptr<KnownMatter const> matter;

    /// What shows that the committer promised, and the image of the signed paper if it is here.
    domain::AssentState assent = domain::AssentState::not_asked;
    std::optional<EvidenceId> signed_paper{};

    [[nodiscard]] std::string const& committer_name() const;
    /// The data that an inspector needs: the committer, the promise, its date and purpose.
    [[nodiscard]] domain::Json summary() const;
};

/// Fault: problem::gone if its key was destroyed.
Outcome<OpenedCommitment> open_commitment(db::PgSession& db, Vault const& vault, MatterCache& matters,
                                          std::string const& code);

}  // namespace sponsio::service
