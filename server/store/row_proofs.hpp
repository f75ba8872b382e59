#pragma once

#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Notes of rows that nothing else vouches for. A trigger notes what a transaction wrote into one of these
/// tables (schema/migrations/0062_row_proofs.sql); the server adds a proof to the note before the transaction
/// commits. Whoever writes past the server leaves a row without one, or a row that is not the noted one.
namespace sponsio::store {

/// The tables whose rows are noted.
std::span<std::string_view const> noted_tables();

struct RowNote {
    std::string table;
    std::vector<std::string> key;  ///< the values of its key; empty for null
    Digest digest{};               ///< SHA-256 of the row as it was written last
    std::optional<Proof> proof{};
    std::optional<Digest> now{};  ///< of the row as it stands; nothing if it is gone. Read by row_notes_after
};

/// "table key key", as whoever looks after the database is told of the row.
std::string name_of(RowNote const& note);

/// Notes of what the present transaction wrote and that have no proof yet.
std::vector<RowNote> notes_of_this_transaction(db::PgSession& db);
/// Some notes without a proof, whose rows are as noted: from before there were proofs, or of another program.
/// Locked.
std::vector<RowNote> notes_without_proof(db::PgSession& db);
/// Writes their proofs.
void prove(db::PgSession& db, std::vector<RowNote> const& notes);

/// The notes after that table and key, at most `limit` of them.
std::vector<RowNote> row_notes_after(db::PgSession& db, std::string_view table,
                                     std::vector<std::string> const& key, int limit);
/// Those tables whose rows are no longer noted, or are more than their notes.
std::vector<std::string> tables_without_notes(db::PgSession& db);

}  // namespace sponsio::store
