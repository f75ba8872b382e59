#pragma once

#include "server/domain/access.hpp"
#include "server/service/tasks/evidence_box.hpp"
#include "server/service/unit/transaction.hpp"

#include <string>

/// The files of a check.
namespace sponsio::service {

/// A file on its way in.
struct EvidenceUpload {
    domain::EvidenceKind kind;
    std::string name;
    std::string content_type;
    std::string bytes;
};

/// A file as it was added.
struct EvidenceDownload {
    std::string name;
    std::string content_type;
    std::string bytes;
};

inline constexpr std::size_t max_evidence_bytes = std::size_t{8} << 20;
inline constexpr std::size_t max_evidence_pieces = 200;

Outcome<void> check_size(EvidenceUpload const& upload);

/// Stores a piece. Only by who makes the check, while it is going on; or by a verifier of the unit while a
/// request to open it again waits for a decision.
Outcome<Made> keep_evidence(db::PgSession& db, Vault const& vault, domain::Official const& who, TaskId id,
                            EvidenceUpload const& upload, Instant now);
/// problem::internal if the bytes no longer have the digest they came with.
Outcome<EvidenceDownload> evidence_download(db::PgSession& db, Vault const& vault, TaskId task,
                                            EvidenceId id);
/// What a task shows of its evidence.
Outcome<json::Array> evidence_views(db::PgSession& db, Vault const& vault, TaskId task);

}  // namespace sponsio::service
