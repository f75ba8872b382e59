#pragma once

#include "server/service/log/writer.hpp"
#include "server/service/matters/cache.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/commitments.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sponsio::service {

/// One commitment that is durably stored.
struct Filed {
    std::string code;
    std::string content;      ///< canonical JSON of domain::CommitmentContent, as sealed
    domain::Json document{};  ///< the same as a value
    crypto::Digest digest{};
    domain::CommitmentState state{};  ///< as it was when it was filed
    Instant accepted_at{};
    std::shared_ptr<KnownMatter const> matter;
    std::optional<store::WatchingTask> task;
    LogReceipt logged;
    bool replayed = false;
    std::optional<EvidenceId> signed_paper{};
    domain::Json withdrawal{};  ///< the newest request for it; null if there was none
};

/// The bytes of its leaf.
std::string commitment_entry(Instant accepted_at, crypto::Digest const& digest);
/// The first state: `supervised` for exempt matters, `effective` for all others.
domain::CommitmentState first_state(KnownMatter const& matter);

/// Rebuilds a filing from its rows: for GET, and for a repeated filing. The proof is the one first given;
/// empty while the leaf of a commitment older than the log is pending.
Outcome<Filed> filed_from_rows(db::PgSession& db, Vault const& vault, MatterCache& matters,
                               store::CommitmentRow const& row);

}  // namespace sponsio::service
