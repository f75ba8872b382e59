#pragma once

#include "server/store/documents.hpp"
#include "server/store/findings.hpp"

#include <span>

/// The proven steps of findings, and all that is on record of several findings at once.
namespace sponsio::store {

/// A step, and the proof (service::Vault) of it, of the record that it left and of the step before.
/// Append-only.
struct FindingStep {
    FindingId finding;
    std::int16_t number;  ///< from 1 on, for each finding
    std::string event;
    std::optional<std::string> from;
    std::string to;
    std::optional<AccountId> actor;  ///< nothing: the system
    Instant at;
    Digest facts;  ///< of what was on record after the step
    Digest proof;
    std::string proof_key;
};

void insert(db::PgSession& db, std::span<FindingStep const> steps);

/// Everything that a credit record may be made of.
struct FindingOnRecord {
    FindingRow row;
    std::vector<ServedDocument> papers;    ///< in the order in which they were made
    std::vector<StatementRow> statements;  ///< in the order in which they were made
    std::vector<FindingStep> steps;        ///< by number
};

/// Those of the findings that exist, in no particular order.
std::vector<FindingOnRecord> findings_on_record(db::PgSession& db, std::span<FindingId const> ids);

/// The next findings by id that must have steps, at most `limit`.
std::vector<FindingId> findings_with_steps_behind(db::PgSession& db, Uuid const& after, int limit);

/// Takes findings off the list of those from before there were steps: at most so many, or that one. False: it
/// is not on the list.
std::vector<FindingId> take_findings_without_steps(db::PgSession& db, int limit);
bool take_finding_without_steps(db::PgSession& db, FindingId id);

}  // namespace sponsio::store
