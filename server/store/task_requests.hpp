#pragma once

#include "server/db/session.hpp"
#include "server/domain/task_lifecycle.hpp"
#include "server/store/request.hpp"
#include "server/store/sealed.hpp"
#include "server/store/tasks.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// Requests and notes of people about a task, besides its conclusion. Every text is sealed.
namespace sponsio::store {

// ------------------------------------------------------------------------------------------------- recusals
struct RecusalRow : Request<RecusalId> {
    TaskId task;
    AccountId inspector;
    domain::RecusalState state = domain::RecusalState::requested;
};

/// False if a request about this inspector already waits.
bool insert(db::PgSession& db, RecusalRow const& recusal);
void decide(db::PgSession& db, RecusalRow const& recusal);
std::optional<RecusalRow> lock_recusal(db::PgSession& db, TaskId task, RecusalId id);
std::vector<RecusalRow> recusals_of(db::PgSession& db, TaskId task);
/// Whether this person was recused from the task.
bool was_recused(db::PgSession& db, TaskId task, AccountId account);

// ---------------------------------------------------------------------------------------------- reopenings
struct ReopeningRow : Request<ReopeningId> {
    TaskId task;
    std::int32_t evidence_before;  ///< pieces there were; any more are new
    domain::ReopeningState state = domain::ReopeningState::requested;
};

/// False if a request about this task already waits.
bool insert(db::PgSession& db, ReopeningRow const& reopening);
void decide(db::PgSession& db, ReopeningRow const& reopening);
/// The waiting request, locked.
std::optional<ReopeningRow> lock_waiting_reopening(db::PgSession& db, TaskId task);
std::vector<ReopeningRow> reopenings_of(db::PgSession& db, TaskId task);
/// Whether a finding rests on the task that was neither dismissed nor cancelled.
bool has_live_finding(db::PgSession& db, TaskId task);

// --------------------------------------------------------------------------------------------- retractions
struct RetractionRow : Request<RetractionId> {
    TaskId task;
    Instant concluded_at;  ///< of the conclusion that it is about
    domain::RetractionState state = domain::RetractionState::requested;
};

/// False if a request about that conclusion already waits.
bool insert(db::PgSession& db, RetractionRow const& retraction);
void decide(db::PgSession& db, RetractionRow const& retraction);
/// The request about that conclusion which waits, locked.
std::optional<RetractionRow> lock_waiting_retraction(db::PgSession& db, TaskId task, Instant concluded_at);
std::vector<RetractionRow> retractions_of(db::PgSession& db, TaskId task);

// --------------------------------------------------------------------------------------------------- notes
enum class NoteKind { clue, dissent, reassignment };

constexpr auto words_of(NoteKind) {
    using enum NoteKind;
    return std::to_array<domain::Word<NoteKind>>(
        {{clue, "clue"}, {dissent, "dissent"}, {reassignment, "reassignment"}});
}

struct NoteRow {
    NoteId id;
    TaskId task;
    NoteKind kind;
    AccountId account;
    Instant at;
    SealedColumns text;
};

void insert(db::PgSession& db, NoteRow const& note);
std::vector<NoteRow> notes_of(db::PgSession& db, TaskId task);

// ------------------------------------------------------------------------------------- earlier conclusions
enum class SetAside { dissent, reopened, lead_left, taken_back };

constexpr auto words_of(SetAside) {
    using enum SetAside;
    return std::to_array<domain::Word<SetAside>>(
        {{dissent, "dissent"}, {reopened, "reopened"}, {lead_left, "lead_left"}, {taken_back, "taken_back"}});
}

struct EarlierConclusion {
    domain::CheckResult result;
    std::optional<Date> checked_on;
    std::optional<Instant> concluded_at;
    std::optional<AccountId> concluded_by;
    std::optional<SealedColumns> summary;  ///< opens as the task's own
    Instant set_aside_at;
    SetAside why;
};

/// Stores the conclusion of `task` as it is now.
void keep_conclusion(db::PgSession& db, TaskRow const& task, SetAside why, Instant now);
std::vector<EarlierConclusion> earlier_conclusions_of(db::PgSession& db, TaskId task);

}  // namespace sponsio::store
