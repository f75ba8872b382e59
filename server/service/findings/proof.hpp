#pragma once

#include "server/service/unit/vault.hpp"
#include "server/store/events.hpp"
#include "server/store/finding_steps.hpp"

#include <optional>
#include <span>
#include <string_view>

/// The steps of a finding as a chain that this server proves: each proof is over the step, the digest of what
/// was on record after it, and the proof before it. Who only writes to the database can make none, so a
/// record is issued from proven steps and never from columns alone (docs/ledger.md).
namespace sponsio::service {

/// Adds the steps that were just taken, with what is on record now. The finding is locked, or new.
void prove_steps(db::PgSession& db, Vault const& vault, FindingId id, std::span<store::Event const> taken);

/// The first reason why the steps of a finding do not prove what is on record; nothing if they do:
/// `steps_missing`, `step_forged`, `steps_broken`, `record_altered`.
std::optional<std::string_view> doubt_in_steps(Vault const& vault, store::FindingOnRecord const& finding);

/// The same for a finding that a record is to be issued from, which must be in effect, and the work of three
/// persons (`three_persons`). The words are those of refusals of a record.
std::optional<std::string_view> doubt_about(Vault const& vault, store::FindingOnRecord const& finding);

/// Proves some findings from before there were steps as they stand now. For the first round of AuditChain.
/// Returns how many; none are left when it is 0.
Outcome<std::size_t> prove_old_findings(db::PgSession& db, Vault const& vault, Instant now);

/// The event of the step that prove_old_findings writes.
inline constexpr std::string_view taken_over = "taken_over";

}  // namespace sponsio::service
