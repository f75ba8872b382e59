#pragma once

#include "server/base/id.hpp"
#include "server/db/session.hpp"
#include "server/domain/finding.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// Files of evidence. Append-only: a piece is never changed and never moved to another holder; a wrong one is
/// marked, and no longer counts.
namespace sponsio::store {

/// The files of an objection, a repair or a publication.
struct CaseFiles {
    Uuid of;
};

/// What a piece belongs to: the check of a task; a finding, the service of whose papers it proves; the
/// commitment with that code, as whose signed paper it was taken in; or the case of a record.
using EvidenceHolder = std::variant<TaskId, FindingId, std::string, CaseFiles>;

/// That a piece is the wrong file.
struct EvidenceExclusion {
    AccountId by;
    Instant at;
    SealedColumns why;
};

/// A piece of evidence without its bytes. Label and bytes are sealed under one data key.
struct EvidenceRow {
    EvidenceId id;
    EvidenceHolder holder;
    domain::EvidenceKind kind;
    std::int32_t size;
    Digest digest;                      ///< SHA-256 of the plain bytes
    SealedColumns label;                ///< name and content type
    std::optional<AccountId> added_by;  ///< nobody: a department's signed answer
    Instant added_at;
    std::optional<EvidenceExclusion> excluded{};
};

/// `content` is sealed under the key of row.label; nothing: its chunks follow.
void insert(db::PgSession& db, EvidenceRow const& row,
            std::optional<std::vector<std::uint8_t>> const& content);
void insert_chunk(db::PgSession& db, EvidenceId id, std::int32_t number,
                  std::vector<std::uint8_t> const& content);
/// False if it is marked already.
bool insert(db::PgSession& db, EvidenceId id, EvidenceExclusion const& exclusion);
std::vector<EvidenceRow> evidence_of(db::PgSession& db, EvidenceHolder const& holder);
/// Of a task, those that count.
std::size_t evidence_count(db::PgSession& db, TaskId task);
/// All that were ever added.
std::size_t evidence_ever(db::PgSession& db, EvidenceHolder const& holder);
/// Those that count and were added after the first `before`.
std::size_t evidence_added_after(db::PgSession& db, TaskId task, std::size_t before);

struct EvidenceFile {
    EvidenceRow row;
    std::optional<std::vector<std::uint8_t>> content;  ///< sealed; nothing: it lies in chunks
    std::int32_t chunks;
};

std::optional<EvidenceFile> evidence_file(db::PgSession& db, EvidenceHolder const& holder, EvidenceId id);
std::optional<std::vector<std::uint8_t>> evidence_chunk(db::PgSession& db, EvidenceId id,
                                                        std::int32_t number);

}  // namespace sponsio::store
