#pragma once

#include "server/service/unit/vault.hpp"
#include "server/store/documents.hpp"
#include "server/store/findings.hpp"

/// Findings and their papers as the contract shows them.
namespace sponsio::service {

/// The finding with everything said, set and served so far, opened.
Outcome<domain::Json> finding_view(db::PgSession& db, Vault const& vault, store::FindingRow const& row);
/// A row of a list: nothing is opened for it.
domain::Json finding_summary(store::FindingRow const& row);
/// problem::internal if the text no longer has the digest it was stored with.
Outcome<domain::Json> document_view(Vault const& vault, store::ServedDocument const& paper);

}  // namespace sponsio::service
