#include "server/service/unit/row_proofs.hpp"

namespace sponsio::service {
namespace {

constexpr std::string_view row = "row";

/// Lengths keep one key from reading as another.
std::string statement(store::RowNote const& note) {
    std::string text = note.table + " " + to_hex(note.digest);
    for (std::string const& part : note.key) text += " " + std::to_string(part.size()) + ":" + part;
    return text;
}

}  // namespace

std::function<void(db::PgSession&)> row_prover(Vault const& vault) {
    return [&vault](db::PgSession& db) { prove_notes(db, vault, store::notes_of_this_transaction(db)); };
}

void prove_notes(db::PgSession& db, Vault const& vault, std::vector<store::RowNote> notes) {
    for (store::RowNote& note : notes) note.proof = vault.prove(row, statement(note));
    store::prove(db, notes);
}

bool is_proven(Vault const& vault, store::RowNote const& note) {
    return note.proof && vault.proves(*note.proof, row, statement(note));
}

}  // namespace sponsio::service
