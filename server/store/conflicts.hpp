#pragma once

#include "server/db/session.hpp"
#include "server/domain/draw.hpp"
#include "server/store/sealed.hpp"

#include <string>
#include <vector>

/// Whom inspectors have declared that they must not check: known by the index of the document alone.
namespace sponsio::store {

struct ConflictRow {
    ConflictId id;
    AccountId account;
    domain::ConflictKind kind;
    std::vector<std::uint8_t> subject_index;
    std::optional<SealedColumns> note;
    Instant declared_at;
    std::optional<Instant> ended_at{};
};

/// Seal labels (Vault) of a conflict's note.
std::string note_label(ConflictId id);

void insert(db::PgSession& db, ConflictRow const& conflict);
/// Of an account, in the order in which they were declared, after `after`.
std::vector<ConflictRow> conflicts_of(db::PgSession& db, AccountId account, std::optional<ConflictId> after,
                                      int limit);
/// Locked until the transaction ends.
std::optional<ConflictRow> lock_conflict(db::PgSession& db, ConflictId id);
void end_conflict(db::PgSession& db, ConflictId id, Instant now);

struct BarredSubject {
    AccountId account;
    std::vector<std::uint8_t> subject_index;
};

/// All that hold now, of these accounts.
std::vector<BarredSubject> subjects_barred_for(db::PgSession& db, std::vector<AccountId> const& accounts);

}  // namespace sponsio::store
