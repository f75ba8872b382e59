#pragma once

#include "server/service/matters/ground.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/documents.hpp"
#include "server/store/findings.hpp"

/// Findings and their documents in the form of the contract.
namespace sponsio::service {

/// The finding with all statements, periods and services so far, decrypted.
Outcome<domain::Json> finding_view(db::PgSession& db, Ground const& ground, store::FindingRow const& row,
                                   Instant now);
/// Who signed which step of the finding and of its check, with the key and exactly what was signed.
Outcome<domain::Json> signatures_view(db::PgSession& db, Vault const& vault, store::FindingRow const& row);
/// A row of a list; nothing is decrypted for it.
domain::Json finding_summary(store::FindingRow const& row);
/// Fault: problem::internal if the text no longer has its stored digest.
Outcome<domain::Json> document_view(db::PgSession& db, Vault const& vault,
                                    store::ServedDocument const& paper);

/// What the subject sees of its own finding: its state, the periods with the rules behind them, the papers
/// that it was served or given, and what it said itself.
Outcome<domain::JsonObject> own_finding_view(db::PgSession& db, Vault const& vault,
                                             store::FindingRow const& row);
/// Whether the subject may read the paper: one that was served, or the newest prior notice.
bool is_for_subject(store::ServedDocument const& paper, std::vector<store::ServedDocument> const& papers);

}  // namespace sponsio::service
