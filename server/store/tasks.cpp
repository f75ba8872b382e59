#include "server/store/tasks.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::TaskState;

constexpr SqlPiece task_rows{
    "select t.shard, t.task_id, t.commitment_code, t.organisation_id, t.source, t.mode, t.created_at, "
    "t.due_at, t.rule, t.state, t.assignee, t.result, t.checked_on, t.closed_at, t.summary, "
    "t.wrapped_key, t.master_key_id, t.draw_id, t.inspectors_needed, t.reopened, t.reopened_at, "
    "t.concluded_at, t.concluded_by, t.waits_for from verification_task t "};

constexpr BinaryQuery select_tasks{"tasks.by_ids",
                                   sql<task_rows, "where t.task_id = any($1) order by t.due_at, t.task_id">};
constexpr BinaryQuery select_task{"tasks.by_id", sql<task_rows, "where t.task_id = $1">};
constexpr BinaryQuery select_task_locked{"tasks.lock", sql<task_rows, "where t.task_id = $1 for update">};
constexpr BinaryQuery select_open_of_commitment{
    "tasks.lock_open",
    sql<task_rows, "where t.commitment_code = $1 and t.closed_at is null order by t.task_id for update">};
constexpr BinaryQuery update_task{
    "tasks.update", sql<"with seats as (update task_inspector set closed_at = $7, cancelled = $3 = ",
                        quoted<TaskState::cancelled>,
                        " where task_id = $1 and closed_at is distinct from $7) update verification_task set "
                        "state = $3, assignee = $4, result = $5, checked_on = $6, closed_at = $7, summary = "
                        "$8, wrapped_key = $9, master_key_id = $10, reopened = $11, reopened_at = $12, "
                        "concluded_at = $13, concluded_by = $14 where task_id = $1 and shard = $2">};

// One query for each index, so that the cost of a page does not depend on other rows.
constexpr BinaryQuery select_open_of_unit{
    "tasks.open_of_unit", sql<task_rows,
                              "where t.organisation_id = $1 and t.closed_at is null and t.due_at <= $2 "
                              "and (t.due_at, t.task_id) > ($3, $4) order by t.due_at, t.task_id limit $5">};
constexpr BinaryQuery select_new_of_unit{
    "tasks.new_of_unit",
    sql<task_rows,
        "where t.organisation_id = $1 and t.closed_at is null and t.state = ", quoted<TaskState::created>,
        " and t.due_at <= $2 and (t.due_at, t.task_id) > ($3, $4) order by t.due_at, t.task_id limit $5">};
constexpr BinaryQuery select_state_of_unit{
    "tasks.state_of_unit",
    sql<task_rows, "where t.organisation_id = $1 and t.state = $2 and t.state <> ",
        quoted<TaskState::created>,
        " and t.due_at <= $3 and (t.due_at, t.task_id) > ($4, $5) order by t.due_at, t.task_id limit $6">};
// A draw may seat inspectors of several units: an inspector's own tasks may be those of any unit.
constexpr BinaryQuery select_open_of_inspector{
    "tasks.open_of_inspector",
    sql<task_rows,
        "join task_inspector i on i.task_id = t.task_id where i.account_id = $1 and i.left_at is null "
        "and i.closed_at is null and i.due_at <= $2 and (i.due_at, i.task_id) > ($3, $4) "
        "order by i.due_at, i.task_id limit $5">};
constexpr BinaryQuery select_state_of_inspector{
    "tasks.state_of_inspector",
    sql<task_rows,
        "join task_inspector i on i.task_id = t.task_id where i.account_id = $1 and i.left_at is null "
        "and i.closed_at is null and t.state = $2 and i.due_at <= $3 and (i.due_at, i.task_id) > ($4, $5) "
        "order by i.due_at, i.task_id limit $6">};
constexpr BinaryQuery select_ended_of_inspector{
    "tasks.ended_of_inspector",
    sql<task_rows,
        "join task_inspector i on i.task_id = t.task_id where i.account_id = $1 and i.left_at is null and "
        "i.closed_at is not null and i.cancelled = ($2 = ",
        quoted<TaskState::cancelled>,
        ") and t.state = $2 and i.due_at <= $3 and (i.due_at, i.task_id) > ($4, $5) order by i.due_at, "
        "i.task_id limit $6">};

TaskRow task_of(db::Rows::Row const& row) {
    TaskRow task{.shard = row.get<std::int16_t>(0),
                 .id = row.get<TaskId>(1),
                 .commitment_code = row.get<std::string>(2),
                 .organisation = row.get<OrganisationId>(3),
                 .source = word_at<domain::TaskSource>(row, 4),
                 .mode = row.get<std::string>(5),
                 .created_at = row.get<Instant>(6),
                 .due_at = row.get<Instant>(7),
                 .rule = row.get<std::string>(8),
                 .state = word_at<domain::TaskState>(row, 9),
                 .assignee = row.get<std::optional<AccountId>>(10),
                 .result = optional_word_at<domain::CheckResult>(row, 11),
                 .checked_on = row.get<std::optional<Date>>(12),
                 .summary = std::nullopt,
                 .closed_at = row.get<std::optional<Instant>>(13),
                 .draw = row.get<std::optional<DrawId>>(17),
                 .inspectors_needed = row.get<std::int16_t>(18),
                 .reopened = row.get<std::int16_t>(19),
                 .reopened_at = row.get<std::optional<Instant>>(20),
                 .concluded_at = row.get<std::optional<Instant>>(21),
                 .concluded_by = row.get<std::optional<AccountId>>(22),
                 .waits_for = row.get<std::optional<std::int32_t>>(23)};
    if (!row.is_null(14)) task.summary = sealed_at(row, 14);
    return task;
}

db::Rows rows_of(db::PgSession& db, TaskQueue const& q) {
    // The index over states leaves out new tasks, so that filing does not pay for it.
    bool const only_new = !q.inspector && q.state == domain::TaskState::created;
    Params params;
    if (q.inspector)
        params.add(*q.inspector);
    else
        params.add(q.organisation);
    if (q.state && !only_new) params.add(domain::word(*q.state));
    params.add(q.due_by.value_or(far_off))
        .add(q.after ? q.after->first : long_ago)
        .add(q.after ? q.after->second : TaskId{Uuid{}})
        .add(std::int32_t{q.limit});
    if (q.inspector) {
        if (!q.state) return db.exec(select_open_of_inspector, params);
        bool const ended = q.state == domain::TaskState::closed || q.state == domain::TaskState::cancelled;
        return db.exec(ended ? select_ended_of_inspector : select_state_of_inspector, params);
    }
    if (only_new) return db.exec(select_new_of_unit, params);
    return db.exec(q.state ? select_state_of_unit : select_open_of_unit, params);
}

}  // namespace

std::optional<TaskRow> task_by_id(db::PgSession& db, TaskId id) {
    return first_of(db.exec(select_task, Params(id)), task_of);
}

std::vector<TaskRow> tasks_by_id(db::PgSession& db, std::span<TaskId const> ids) {
    return all_of(db.exec(select_tasks, Params(array_of(ids))), task_of);
}

std::optional<TaskRow> lock_task(db::PgSession& db, TaskId id) {
    return first_of(db.exec(select_task_locked, Params(id)), task_of);
}

std::vector<TaskRow> lock_open_tasks(db::PgSession& db, std::string const& commitment_code) {
    return all_of(db.exec(select_open_of_commitment, Params(commitment_code)), task_of);
}

void update(db::PgSession& db, TaskRow const& t) {
    std::optional<std::vector<std::uint8_t>> content, wrapped;
    std::optional<std::string> master;
    if (t.summary) {
        content = t.summary->content;
        wrapped = t.summary->wrapped_key;
        master = t.summary->master_key_id;
    }
    db.exec(update_task,
            Params(t.id, t.shard, domain::word(t.state), t.assignee, optional_word(t.result), t.checked_on,
                   t.closed_at, content, wrapped, master, static_cast<std::int16_t>(t.reopened),
                   t.reopened_at, t.concluded_at, t.concluded_by));
}

std::vector<TaskRow> tasks_in(db::PgSession& db, TaskQueue const& queue) {
    return all_of(rows_of(db, queue), task_of);
}

}  // namespace sponsio::store
