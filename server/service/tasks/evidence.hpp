#pragma once

#include "server/domain/access.hpp"
#include "server/service/tasks/evidence_box.hpp"
#include "server/service/unit/transaction.hpp"

#include <string>

/// The evidence files of a task.
namespace sponsio::service {

/// A file being uploaded.
struct EvidenceUpload {
    domain::EvidenceKind kind;
    std::string name;
    std::string content_type;
    std::string bytes;
};

/// A stored file.
struct EvidenceDownload {
    std::string name;
    std::string content_type;
    std::string bytes;
};

inline constexpr std::size_t max_evidence_bytes = std::size_t{8} << 20;
inline constexpr std::size_t max_evidence_pieces = 200;

Outcome<void> check_size(EvidenceUpload const& upload);

/// Stores a piece of evidence. Only an inspector of a running task may, or a verifier of the unit while a
/// request to reopen the task waits for a decision.
Outcome<Made> keep_evidence(db::PgSession& db, Vault const& vault, domain::Official const& who, TaskId id,
                            EvidenceUpload const& upload, Instant now);
/// Fault: problem::internal if the bytes no longer have their stored digest.
Outcome<EvidenceDownload> evidence_download(db::PgSession& db, Vault const& vault, TaskId task,
                                            EvidenceId id);
/// The evidence of a task as its view shows it.
Outcome<json::Array> evidence_views(db::PgSession& db, Vault const& vault, TaskId task);

}  // namespace sponsio::service
