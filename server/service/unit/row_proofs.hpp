#pragma once

#include "server/service/unit/vault.hpp"
#include "server/store/row_proofs.hpp"

#include <functional>
#include <vector>

/// Proofs of rows that nothing else vouches for (server/store/row_proofs.hpp, docs/ledger.md).
namespace sponsio::service {

/// For db::ConnectionOptions::before_commit: each transaction proves what it wrote. The vault outlives the
/// sessions.
std::function<void(db::PgSession&)> row_prover(Vault const& vault);

/// Adds the proofs and writes them.
void prove_notes(db::PgSession& db, Vault const& vault, std::vector<store::RowNote> notes);

/// False: the row was written, or changed, without a key of this server.
bool is_proven(Vault const& vault, store::RowNote const& note);

}  // namespace sponsio::service
