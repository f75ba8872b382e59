#pragma once

#include "server/base/internal.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/registry_rows.hpp"

#include <utility>

/// Rows that say who may do what are written with a proof by a key that is not in the database, and believed
/// only with it (docs/ledger.md).
namespace sponsio::service {

template <class Row>
void prove_row(Vault const& vault, Row& row) {
    store::Proof made = vault.prove("registry", store::statement(row));
    row.proof = made.value;
    row.proof_key = std::move(made.key);
}

/// False: the row was written, or changed, without a key of this server.
template <class Row>
bool is_proven(Vault const& vault, Row const& row) {
    return row.proof && row.proof_key &&
           vault.proves({*row.proof, *row.proof_key}, "registry", store::statement(row));
}

/// store::insert with the proof; returns what that does.
template <class Row>
auto insert_proven(db::PgSession& db, Vault const& vault, Row row) {
    prove_row(vault, row);
    return store::insert(db, row);
}

/// `change(row)`, then store::update with a new proof. The row was read locked. Throws FaultError of
/// problem::internal for one without a good proof, so that no change makes a forged row a proven one.
template <class Row, class Change>
void change_proven(db::PgSession& db, Vault const& vault, Row& row, Change change) {
    if (!is_proven(vault, row))
        throw FaultError(internal("unproven row of " + std::string(store::registry_table<Row>)));
    change(row);
    prove_row(vault, row);
    store::update(db, row);
}

}  // namespace sponsio::service
