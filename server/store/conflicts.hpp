#pragma once

#include "server/db/session.hpp"
#include "server/domain/draw.hpp"
#include "server/store/sealed.hpp"

#include <string>
#include <vector>

/// Declared conflicts of interest of inspectors. Of the subject only the document's blind index is stored.
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

/// The seal label (Vault) of a conflict's note.
std::string note_label(ConflictId id);

void insert(db::PgSession& db, ConflictRow const& conflict);
/// The conflicts of an account, in the order of declaration, after `after`.
std::vector<ConflictRow> conflicts_of(db::PgSession& db, AccountId account, std::optional<ConflictId> after,
                                      int limit);
/// The conflict, locked until the transaction ends.
std::optional<ConflictRow> lock_conflict(db::PgSession& db, ConflictId id);
void end_conflict(db::PgSession& db, ConflictId id, Instant now);

struct BarredSubject {
    AccountId account;
    std::vector<std::uint8_t> subject_index;
};

/// The present conflicts of these accounts.
std::vector<BarredSubject> subjects_barred_for(db::PgSession& db, std::vector<AccountId> const& accounts);

}  // namespace sponsio::store
