#pragma once

#include "server/db/session.hpp"
#include "server/domain/finding.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <vector>

/// Files of evidence. Append-only: a piece is never changed and never moved to another task.
namespace sponsio::store {

/// A piece of evidence without its bytes. Label and bytes are sealed under one data key.
struct EvidenceRow {
    EvidenceId id;
    TaskId task;
    domain::EvidenceKind kind;
    std::int32_t size;
    Digest digest;                      ///< SHA-256 of the plain bytes
    SealedColumns label;                ///< name and content type
    std::optional<AccountId> added_by;  ///< nobody: a department's signed answer
    Instant added_at;
};

/// `content` is sealed under the key of row.label.
void insert(db::PgSession& db, EvidenceRow const& row, std::vector<std::uint8_t> const& content);
std::vector<EvidenceRow> evidence_of_task(db::PgSession& db, TaskId task);
std::size_t evidence_count(db::PgSession& db, TaskId task);

struct EvidenceFile {
    EvidenceRow row;
    std::vector<std::uint8_t> content;  ///< sealed
};

std::optional<EvidenceFile> evidence_file(db::PgSession& db, TaskId task, EvidenceId id);

}  // namespace sponsio::store
