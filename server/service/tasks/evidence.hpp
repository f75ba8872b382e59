#pragma once

#include "server/domain/access.hpp"
#include "server/domain/finding.hpp"
#include "server/service/tasks/evidence_intake.hpp"
#include "server/service/unit/transaction.hpp"

#include <memory>
#include <string>

/// The evidence files of a task.
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

/// That a piece is the wrong file.
struct Exclusion {
    std::string why;

    static Exclusion read(domain::Fields& fields);
};

inline constexpr std::size_t max_evidence_pieces = 200;

/// Whether the caller's file can be wanted there at all, before a byte of it is read: the task is of the own
/// unit, and who takes it in has a seat, or had one and repeats a request. Faults: problem::not_found,
/// problem::forbidden.
Outcome<void> expects_evidence(db::PgSession& db, domain::Official const& who, TaskId id);
/// Stores a piece of evidence, if it is what it is declared to be. Only an inspector of a running task may,
/// or a verifier of the unit while a request to reopen the task waits for a decision.
Outcome<Made> keep_evidence(db::PgSession& db, domain::Official const& who, TaskId id,
                            EvidenceUpload const& upload, Instant now);
/// Marks a piece as the wrong file: it stays on record and no longer counts. Who may add evidence may.
Outcome<void> exclude_evidence(db::PgSession& db, Vault const& vault, domain::Official const& who,
                               TaskId task, EvidenceId id, Exclusion const& exclusion, Instant now);
/// Fault: problem::internal if the bytes no longer have their stored digest.
Outcome<EvidenceDownload> evidence_download(db::PgSession& db, Vault const& vault, TaskId task,
                                            EvidenceId id);
Outcome<std::string> evidence_part(db::PgSession& db, Vault const& vault, EvidenceDownload const& file,
                                   std::int32_t number);
/// The evidence of a task as its view shows it.
Outcome<json::Array> evidence_views(db::PgSession& db, Vault const& vault, TaskId task);

}  // namespace sponsio::service
