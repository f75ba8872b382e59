#include "server/store/task_requests.hpp"

#include "server/domain/lifecycles.hpp"
#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::FindingState;
using domain::RecusalState;
using domain::ReopeningState;
using domain::RetractionState;

constexpr BinaryQuery insert_recusal{
    "recusals.insert",
    "insert into task_recusal (recusal_id, task_id, inspector, requested_by, requested_at, why, wrapped_key, "
    "master_key_id) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning true"};
constexpr BinaryQuery update_recusal{"recusals.decide", decide_sql<"task_recusal", "state", "recusal_id">};
constexpr SqlPiece recusal_columns{
    "select recusal_id, task_id, inspector, requested_by, requested_at, state, why, wrapped_key, "
    "master_key_id, "};
constexpr SqlPiece from_recusal{"from task_recusal "};
constexpr BinaryQuery select_recusal_locked{"recusals.lock",
                                            sql<recusal_columns, decision_columns, from_recusal,
                                                "where task_id = $1 and recusal_id = $2 for update">};
constexpr BinaryQuery select_recusals{
    "recusals.of_task",
    sql<recusal_columns, decision_columns, from_recusal, "where task_id = $1 order by recusal_id">};
constexpr BinaryQuery select_recused{
    "recusals.was_recused",
    sql<"select 1 from task_recusal where task_id = $1 and inspector = $2 and state = ",
        quoted<RecusalState::granted>, " limit 1">};

constexpr BinaryQuery insert_reopening{
    "reopenings.insert",
    "insert into task_reopening (reopening_id, task_id, requested_by, requested_at, evidence_before, why, "
    "wrapped_key, master_key_id) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning "
    "true"};
constexpr BinaryQuery select_live_finding{
    "reopenings.live_finding",
    sql<"select 1 from finding where task_id = $1 and state not in (",
        quoted<FindingState::dismissed, FindingState::cancelled, FindingState::rectified>, ") limit 1">};
constexpr BinaryQuery update_reopening{"reopenings.decide",
                                       decide_sql<"task_reopening", "state", "reopening_id">};
constexpr SqlPiece reopening_columns{
    "select reopening_id, task_id, evidence_before, requested_by, requested_at, state, why, wrapped_key, "
    "master_key_id, "};
constexpr SqlPiece from_reopening{"from task_reopening "};
constexpr BinaryQuery select_reopening_locked{
    "reopenings.lock",
    sql<reopening_columns, decision_columns, from_reopening,
        "where task_id = $1 and state = ", quoted<ReopeningState::requested>, " for update">};
constexpr BinaryQuery select_reopenings{
    "reopenings.of_task",
    sql<reopening_columns, decision_columns, from_reopening, "where task_id = $1 order by reopening_id">};

constexpr BinaryQuery insert_retraction{
    "retractions.insert",
    "insert into task_retraction (retraction_id, task_id, concluded_at, requested_by, requested_at, why, "
    "wrapped_key, master_key_id) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning "
    "true"};
constexpr BinaryQuery update_retraction{"retractions.decide",
                                        decide_sql<"task_retraction", "state", "retraction_id">};
constexpr SqlPiece retraction_columns{
    "select retraction_id, task_id, concluded_at, requested_by, requested_at, state, why, wrapped_key, "
    "master_key_id, "};
constexpr SqlPiece from_retraction{"from task_retraction "};
constexpr BinaryQuery select_retraction_locked{"retractions.lock",
                                               sql<retraction_columns, decision_columns, from_retraction,
                                                   "where task_id = $1 and concluded_at = $2 and state = ",
                                                   quoted<RetractionState::requested>, " for update">};
constexpr BinaryQuery select_retractions{
    "retractions.of_task",
    sql<retraction_columns, decision_columns, from_retraction, "where task_id = $1 order by retraction_id">};

constexpr BinaryQuery insert_note{
    "task_notes.insert",
    "insert into task_note (note_id, task_id, kind, account_id, at, content, wrapped_key, master_key_id) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr BinaryQuery select_notes{
    "task_notes.of_task",
    "select note_id, task_id, kind, account_id, at, content, wrapped_key, master_key_id from task_note "
    "where task_id = $1 order by note_id"};

constexpr BinaryQuery insert_conclusion{
    "tasks.keep_conclusion",
    "insert into task_earlier_conclusion (task_id, result, checked_on, concluded_at, concluded_by, summary, "
    "wrapped_key, master_key_id, set_aside_at, set_aside_why) "
    "select task_id, result, checked_on, concluded_at, concluded_by, summary, wrapped_key, master_key_id, "
    "$2, $3 "
    "from verification_task where task_id = $1"};
constexpr BinaryQuery select_conclusions{
    "tasks.earlier_conclusions",
    "select result, checked_on, concluded_at, concluded_by, set_aside_at, set_aside_why, summary, "
    "wrapped_key, "
    "master_key_id from task_earlier_conclusion where task_id = $1 order by conclusion_id"};

/// Nine columns before those of the decision, the first of them the key.
template <class Key>
Request<Key> request_at(db::Rows::Row const& row) {
    return {.id = row.get<Key>(0),
            .asked_by = row.get<AccountId>(3),
            .asked_at = row.get<Instant>(4),
            .why = sealed_at(row, 6),
            .decision = decision_at(row, 9)};
}

RecusalRow recusal_of(db::Rows::Row const& row) {
    return {request_at<RecusalId>(row), row.get<TaskId>(1), row.get<AccountId>(2),
            word_at<domain::RecusalState>(row, 5)};
}

ReopeningRow reopening_of(db::Rows::Row const& row) {
    return {request_at<ReopeningId>(row), row.get<TaskId>(1), row.get<std::int32_t>(2),
            word_at<domain::ReopeningState>(row, 5)};
}

RetractionRow retraction_of(db::Rows::Row const& row) {
    return {request_at<RetractionId>(row), row.get<TaskId>(1), row.get<Instant>(2),
            word_at<domain::RetractionState>(row, 5)};
}

}  // namespace

bool insert(db::PgSession& db, RecusalRow const& r) {
    Params params(r.id, r.task, r.inspector, r.asked_by, r.asked_at);
    return !db.exec(insert_recusal, add(params, r.why)).empty();
}

void decide(db::PgSession& db, RecusalRow const& recusal) {
    db.exec(update_recusal, decision_params(recusal, domain::word(recusal.state)));
}

std::optional<RecusalRow> lock_recusal(db::PgSession& db, TaskId task, RecusalId id) {
    return first_of(db.exec(select_recusal_locked, Params(task, id)), recusal_of);
}

std::vector<RecusalRow> recusals_of(db::PgSession& db, TaskId task) {
    return all_of(db.exec(select_recusals, Params(task)), recusal_of);
}

bool was_recused(db::PgSession& db, TaskId task, AccountId account) {
    return !db.exec(select_recused, Params(task, account)).empty();
}

bool insert(db::PgSession& db, ReopeningRow const& r) {
    Params params(r.id, r.task, r.asked_by, r.asked_at, r.evidence_before);
    return !db.exec(insert_reopening, add(params, r.why)).empty();
}

void decide(db::PgSession& db, ReopeningRow const& reopening) {
    db.exec(update_reopening, decision_params(reopening, domain::word(reopening.state)));
}

std::optional<ReopeningRow> lock_waiting_reopening(db::PgSession& db, TaskId task) {
    return first_of(db.exec(select_reopening_locked, Params(task)), reopening_of);
}

std::vector<ReopeningRow> reopenings_of(db::PgSession& db, TaskId task) {
    return all_of(db.exec(select_reopenings, Params(task)), reopening_of);
}

bool insert(db::PgSession& db, RetractionRow const& r) {
    Params params(r.id, r.task, r.concluded_at, r.asked_by, r.asked_at);
    return !db.exec(insert_retraction, add(params, r.why)).empty();
}

void decide(db::PgSession& db, RetractionRow const& retraction) {
    db.exec(update_retraction, decision_params(retraction, domain::word(retraction.state)));
}

std::optional<RetractionRow> lock_waiting_retraction(db::PgSession& db, TaskId task, Instant concluded_at) {
    return first_of(db.exec(select_retraction_locked, Params(task, concluded_at)), retraction_of);
}

std::vector<RetractionRow> retractions_of(db::PgSession& db, TaskId task) {
    return all_of(db.exec(select_retractions, Params(task)), retraction_of);
}

bool has_live_finding(db::PgSession& db, TaskId task) {
    return !db.exec(select_live_finding, Params(task)).empty();
}

void insert(db::PgSession& db, NoteRow const& n) {
    Params params(n.id, n.task, domain::word(n.kind), n.account, n.at);
    db.exec(insert_note, add(params, n.text));
}

std::vector<NoteRow> notes_of(db::PgSession& db, TaskId task) {
    std::vector<NoteRow> all;
    for (auto const& row : db.exec(select_notes, Params(task)))
        all.push_back({row.get<NoteId>(0), row.get<TaskId>(1), word_at<NoteKind>(row, 2),
                       row.get<AccountId>(3), row.get<Instant>(4), sealed_at(row, 5)});
    return all;
}

void keep_conclusion(db::PgSession& db, TaskRow const& task, SetAside why, Instant now) {
    db.exec(insert_conclusion, Params(task.id, now, domain::word(why)));
}

std::vector<EarlierConclusion> earlier_conclusions_of(db::PgSession& db, TaskId task) {
    std::vector<EarlierConclusion> all;
    for (auto const& row : db.exec(select_conclusions, Params(task))) {
        EarlierConclusion c{.result = word_at<domain::CheckResult>(row, 0),
                            .checked_on = row.get<std::optional<Date>>(1),
                            .concluded_at = row.get<std::optional<Instant>>(2),
                            .concluded_by = row.get<std::optional<AccountId>>(3),
                            .summary = std::nullopt,
                            .set_aside_at = row.get<Instant>(4),
                            .why = word_at<SetAside>(row, 5)};
        if (!row.is_null(6)) c.summary = sealed_at(row, 6);
        all.push_back(std::move(c));
    }
    return all;
}

}  // namespace sponsio::store
