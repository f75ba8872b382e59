#pragma once

#include "server/domain/actor.hpp"
#include "server/domain/objection.hpp"
#include "server/service/records/issue_facts.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/objections.hpp"

#include <optional>
#include <string>

/// Corrections of the facts that records are made of: by a decision, proven, never by an edit.
namespace sponsio::service {

/// Keeps a correction, proven as the vault proves, in the transaction of the decision. The next record of the
/// finding is made with it.
void correct_record(db::PgSession& db, Vault const& vault, FindingId finding, Uuid const& by,
                    std::string const& number, domain::RecordCorrection const& correction, Instant now);
/// Lets another record of the finding take the place of this one, which the caller withdraws.
Outcome<void> supersede_record(db::PgSession& db, RecordId record, FindingId finding,
                               domain::Actor const& actor, std::string const& why, Instant now);
/// The corrections that hold for a finding; nothing if there are none. Fault: problem::lint_failed with the
/// cause "correction_unproven", else that of decrypting.
Outcome<std::optional<domain::RecordCorrection>> correction_of(db::PgSession& db, Vault const& vault,
                                                               FindingId finding);

/// What an issued record states: its finding, proven, with the corrections that hold. Faults as
/// FactReader::open; problem::not_found for a record that was never issued.
Outcome<OpenedFinding> finding_behind(db::PgSession& db, FactReader const& facts, RecordId record);

}  // namespace sponsio::service
