#include "server/service/filing/filed.hpp"

#include "crypto/log/entry.hpp"
#include "server/service/filing/withdrawal.hpp"
#include "server/service/matters/commitment_steps.hpp"

namespace sponsio::service {
namespace {

using domain::CommitmentState;
using domain::Json;

/// The receipt as given at the filing: its proof against the first checkpoint over it.
Outcome<LogReceipt> first_receipt(db::PgSession& db, store::CommitmentRow const& row) {
    LogReceipt receipt{
        {row.shard, row.leaf_index.value_or(0)}, commitment_entry(row.accepted_at, row.content_digest), {}};
    if (!row.leaf_index) {
        // The commitment is older than the log: its leaf was added like any other transaction's.
        auto const leaves = store::leaves_about(db, std::string(crypto::log_kind::commitment), row.code);
        if (leaves.empty() || !leaves.front().place) return receipt;
        receipt.place = *leaves.front().place;
    }
    auto const proof = first_proof(db, receipt.place);
    if (!proof) return proof.error();
    receipt.proof = *proof;
    return receipt;
}

}  // namespace

std::string commitment_entry(Instant accepted_at, crypto::Digest const& digest) {
    return crypto::LogEntry{std::string(crypto::log_kind::commitment), to_rfc3339(accepted_at), digest}
        .text();
}

CommitmentState first_state(KnownMatter const& matter) {
    return matter.content.verification.mode == domain::VerifyMode::exempt ? CommitmentState::supervised
                                                                          : CommitmentState::effective;
}

Outcome<Filed> filed_from_rows(db::PgSession& db, Vault const& vault, MatterCache& matters,
                               store::CommitmentRow const& row) {
    auto text = vault.open(row.sealed, store::content_label(row.code));
    if (!text) return text.error();
    auto logged = first_receipt(db, row);
    if (!logged) return logged.error();
    Json document = json::parse(*text).value();
    auto const paper = signed_paper_of(db, document, row.code);
    auto withdrawal = withdrawal_view(db, vault, row.code);
    if (!withdrawal) return withdrawal.error();
    return Filed{.code = row.code,
                 .content = std::move(*text),
                 .document = std::move(document),
                 .digest = row.content_digest,
                 .state = row.state,
                 .accepted_at = row.accepted_at,
                 .matter = matters.find(db, row.matter, row.matter_version),
                 .task = store::task_of_commitment(db, row.code),
                 .logged = std::move(*logged),
                 .signed_paper = paper,
                 .withdrawal = std::move(*withdrawal)};
}

}  // namespace sponsio::service
