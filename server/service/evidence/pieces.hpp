#pragma once

#include "server/domain/access.hpp"
#include "server/domain/finding.hpp"
#include "server/service/evidence/intake.hpp"
#include "server/service/unit/transaction.hpp"

#include <memory>
#include <string>

/// Pieces of evidence, whoever holds them. Who may add or read one is the holder's own rule.
namespace sponsio::service {

/// A file that has been taken in.
struct EvidenceUpload {
    domain::EvidenceKind kind;
    std::string name;
    std::string content_type;  ///< as its sender declares it; empty: not at all
    std::shared_ptr<EvidenceIntake const> bytes;
};

/// A stored file. What has more than one chunk is read chunk by chunk.
struct EvidenceDownload {
    std::string name;
    std::string content_type;
    std::string bytes;  ///< the whole file, unless there are chunks
    std::int32_t chunks = 0;
    store::EvidenceRow row;
};

inline constexpr std::size_t max_evidence_pieces = 200;

/// Where the bytes of a new piece go as they arrive.
std::shared_ptr<EvidenceIntake> take_in_evidence(Vault const& vault, Instant now);
/// Stores a piece below that path, if it is what it is declared to be; `by` is nobody where the subject of
/// the case adds it. Fault: problem::conflict if the holder has max_evidence_pieces already.
Outcome<Made> keep_piece(db::PgSession& db, store::EvidenceHolder const& holder, std::string const& path,
                         std::optional<AccountId> by, EvidenceUpload const& upload, Instant now);
/// Fault: problem::internal if the bytes no longer have their stored digest.
Outcome<EvidenceDownload> evidence_download(db::PgSession& db, Vault const& vault,
                                            store::EvidenceHolder const& holder, EvidenceId id);
Outcome<std::string> evidence_part(db::PgSession& db, Vault const& vault, EvidenceDownload const& file,
                                   std::int32_t number);
/// The evidence of a holder as views show it.
Outcome<json::Array> evidence_views(db::PgSession& db, Vault const& vault,
                                    store::EvidenceHolder const& holder);

}  // namespace sponsio::service
