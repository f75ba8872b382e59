#pragma once

#include "server/db/session.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/store/sealed.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Findings, with the statements of each step and their clocks.
namespace sponsio::store {

struct FindingRow {
    FindingId id;
    TaskId task;
    std::string commitment_code;
    OrganisationId organisation;  ///< the identifying unit
    domain::FindingKind kind;
    domain::Culpability culpability;
    domain::Severity severity;
    SealedColumns draft;  ///< facts, legal basis, proposed action
    AccountId drafted_by;
    Instant drafted_at;
    std::optional<AccountId> reviewed_by;
    std::optional<AccountId> decided_by;
    std::optional<Instant> defence_until;  ///< first instant after the period for statement and defence
    std::optional<Instant> remedy_until;   ///< first instant after the last period for remedies
    /// The year whose calendar is missing, while such a period runs without a known end.
    std::optional<std::int32_t> defence_waits_for;
    std::optional<std::int32_t> remedy_waits_for;
    std::optional<Instant> effective_at;
    domain::FindingState state = domain::FindingState::drafted;
    std::int32_t version = 1;  ///< of its text; one more with each amendment
    /// Of the hearing, once its notice was composed.
    std::optional<AccountId> hearing_chair{};
    std::optional<Instant> hearing_at{};

    [[nodiscard]] domain::Gravity gravity() const { return {kind, culpability, severity}; }

    /// The year whose calendar the next step waits for; nothing if it waits for none.
    [[nodiscard]] std::optional<std::int32_t> waits_for() const;
};

/// Throws DbError of kind unique on `finding_live` if the task has a finding that is still alive.
void insert(db::PgSession& db, FindingRow const& row, std::vector<EvidenceId> const& evidence);
std::optional<FindingRow> finding_by_id(db::PgSession& db, FindingId id);
/// Those that exist, in no particular order.
std::vector<FindingRow> findings_by_id(db::PgSession& db, std::span<FindingId const> ids);
/// The finding, locked until the transaction ends.
std::optional<FindingRow> lock_finding(db::PgSession& db, FindingId id);
/// Writes the columns that a step may change: state, reviewed_by, decided_by, the times and years, the
/// hearing, and how grave it is. Throws DbError of kind check on `finding_never_heavier` if it became graver.
void update(db::PgSession& db, FindingRow const& row);

/// The findings of one unit, oldest first, after `after`; of all states if none is named.
std::vector<FindingRow> findings_after(db::PgSession& db, OrganisationId organisation,
                                       std::optional<domain::FindingState> state,
                                       std::optional<FindingId> after, int limit);

/// The evidence that the present version names.
std::vector<EvidenceId> evidence_of_finding(db::PgSession& db, FindingId id);
std::vector<EvidenceId> evidence_of_finding(db::PgSession& db, FindingId id, std::int32_t version);

/// A version that was amended since, as it was. Append-only.
struct EarlierDraft {
    FindingId finding;
    std::int32_t version;
    domain::FindingKind kind;
    domain::Culpability culpability;
    domain::Severity severity;
    SealedColumns draft;
    AccountId drafted_by;
    Instant drafted_at;
};

/// Puts `next` in the place of the present version of the locked finding, which is kept among the earlier
/// ones. Throws DbError of kind check on `finding_version_stays` unless the finding stands as returned.
void amend(db::PgSession& db, FindingRow const& next, std::vector<EvidenceId> const& evidence);
/// The earlier versions, oldest first.
std::vector<EarlierDraft> earlier_drafts_of(db::PgSession& db, FindingId id);

/// The position where the last search for due findings ended, so that a stuck one does not hide others.
struct DueAfter {
    Instant remedy_until;
    FindingId id;
};

/// Locks the first served finding whose remedy period is over, passing over findings that others hold.
std::optional<FindingRow> lock_due_finding(db::PgSession& db, Instant now,
                                           std::optional<DueAfter> const& after);

/// Locks the first finding after `after` whose period waits for a year in `known`, passing over held ones.
std::optional<FindingRow> lock_finding_awaiting_calendar(db::PgSession& db,
                                                         std::vector<std::chrono::year> const& known,
                                                         std::optional<FindingId> after);
/// The number of findings that wait for the calendar of some year.
std::int64_t findings_awaiting_calendar(db::PgSession& db);

/// The statement made at one step. Append-only.
struct StatementRow {
    FindingId finding;
    std::string step;
    std::optional<AccountId> actor;  ///< nobody: the subject
    Instant at;
    SealedColumns content;
    std::int32_t version = 1;  ///< of the draft that it speaks of
};

void insert(db::PgSession& db, StatementRow const& row);
/// Of one finding or of several, oldest first.
std::vector<StatementRow> statements_of(db::PgSession& db, FindingId id);
std::vector<StatementRow> statements_of(db::PgSession& db, std::span<FindingId const> ids);

/// A period set for a finding, and the rule that set it. Append-only.
struct ClockRow {
    FindingId finding;
    std::string clock;  ///< id of the rule: "defence.period"
    Date due_on;        ///< the last day
    Instant ends;       ///< the first instant after it
    std::string rule;
    std::string rule_pack;
    std::optional<std::string> calendar;
};

void insert(db::PgSession& db, ClockRow const& row);
/// The periods, in the order in which they end.
std::vector<ClockRow> clocks_of(db::PgSession& db, FindingId id);

/// A period without a known last day when it began. Append-only: a ClockRow follows with the calendar.
struct OpenClockRow {
    FindingId finding;
    std::string clock;
    std::string rule;
    std::string rule_pack;
    std::int32_t waits_for;  ///< the year whose calendar is missing
};

/// No change if that period is stored already.
void insert(db::PgSession& db, OpenClockRow const& row);
/// The periods that are still open.
std::vector<OpenClockRow> open_clocks_of(db::PgSession& db, FindingId id);

/// The name of an account, for a view that names people.
struct PersonName {
    AccountId id;
    std::string name;
};

std::vector<PersonName> names_of(db::PgSession& db, std::vector<AccountId> const& accounts);

}  // namespace sponsio::store
