#pragma once

#include "server/service/evidence/pieces.hpp"

#include <string>

/// The evidence files of a task.
namespace sponsio::service {

/// That a piece is the wrong file.
struct Exclusion {
    std::string why;

    static Exclusion read(domain::Fields& fields);
};

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

}  // namespace sponsio::service
