#include "server/store/tasks.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery select_task{
    "tasks.by_id",
    "select shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule, state, "
    "assignee, result, checked_on, closed_at, summary, wrapped_key, master_key_id "
    "from verification_task where task_id = $1"};
constexpr BinaryQuery select_task_locked{
    "tasks.lock",
    "select shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule, state, "
    "assignee, result, checked_on, closed_at, summary, wrapped_key, master_key_id "
    "from verification_task where task_id = $1 for update"};
constexpr BinaryQuery select_open_of_commitment{
    "tasks.lock_open",
    "select shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule, state, "
    "assignee, result, checked_on, closed_at, summary, wrapped_key, master_key_id "
    "from verification_task where commitment_code = $1 and closed_at is null order by task_id for update"};
constexpr BinaryQuery update_task{
    "tasks.update",
    "update verification_task set state = $3, assignee = $4, result = $5, checked_on = $6, closed_at = $7, "
    "summary = $8, wrapped_key = $9, master_key_id = $10 where task_id = $1 and shard = $2"};

// One query for each index, so that a page costs the same whatever else there is.
constexpr BinaryQuery select_open_of_unit{
    "tasks.open_of_unit",
    "select shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule, state, "
    "assignee, result, checked_on, closed_at, summary, wrapped_key, master_key_id "
    "from verification_task where organisation_id = $1 and closed_at is null "
    "and due_at <= $2 and (due_at, task_id) > ($3, $4) order by due_at, task_id limit $5"};
constexpr BinaryQuery select_new_of_unit{
    "tasks.new_of_unit",
    "select shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule, state, "
    "assignee, result, checked_on, closed_at, summary, wrapped_key, master_key_id "
    "from verification_task where organisation_id = $1 and closed_at is null and state = 'created' "
    "and due_at <= $2 and (due_at, task_id) > ($3, $4) order by due_at, task_id limit $5"};
constexpr BinaryQuery select_state_of_unit{
    "tasks.state_of_unit",
    "select shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule, state, "
    "assignee, result, checked_on, closed_at, summary, wrapped_key, master_key_id "
    "from verification_task where organisation_id = $1 and state = $2 and state <> 'created' "
    "and due_at <= $3 and (due_at, task_id) > ($4, $5) order by due_at, task_id limit $6"};
constexpr BinaryQuery select_open_of_assignee{
    "tasks.open_of_assignee",
    "select shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule, state, "
    "assignee, result, checked_on, closed_at, summary, wrapped_key, master_key_id "
    "from verification_task where assignee = $1 and organisation_id = $2 and closed_at is null "
    "and due_at <= $3 and (due_at, task_id) > ($4, $5) order by due_at, task_id limit $6"};
constexpr BinaryQuery select_state_of_assignee{
    "tasks.state_of_assignee",
    "select shard, task_id, commitment_code, organisation_id, source, mode, created_at, due_at, rule, state, "
    "assignee, result, checked_on, closed_at, summary, wrapped_key, master_key_id "
    "from verification_task where assignee = $1 and organisation_id = $2 and state = $3 "
    "and due_at <= $4 and (due_at, task_id) > ($5, $6) order by due_at, task_id limit $7"};

TaskRow task_of(db::Rows::Row const& row) {
    TaskRow task{.shard = row.get<std::int16_t>(0),
                 .id = row.get<TaskId>(1),
                 .commitment_code = row.get<std::string>(2),
                 .organisation = row.get<OrganisationId>(3),
                 .source = row.get<std::string>(4),
                 .mode = row.get<std::string>(5),
                 .created_at = row.get<Instant>(6),
                 .due_at = row.get<Instant>(7),
                 .rule = row.get<std::string>(8),
                 .state = word_at<domain::TaskState>(row, 9),
                 .assignee = row.get<std::optional<AccountId>>(10),
                 .result = optional_word_at<domain::CheckResult>(row, 11),
                 .checked_on = row.get<std::optional<Date>>(12),
                 .summary = std::nullopt,
                 .closed_at = row.get<std::optional<Instant>>(13)};
    if (!row.is_null(14)) task.summary = sealed_at(row, 14);
    return task;
}

std::optional<TaskRow> first_task(db::Rows const& rows) {
    if (rows.empty()) return std::nullopt;
    return task_of(rows[0]);
}

/// Before and after everything that is ever due.
constexpr Instant long_ago{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}};
constexpr Instant far_off{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};

db::Rows rows_of(db::PgSession& db, TaskQueue const& q) {
    // The index over states leaves new tasks out: filing need not feed it.
    bool const only_new = !q.assignee && q.state == domain::TaskState::created;
    Params params;
    if (q.assignee) params.add(*q.assignee);
    params.add(q.organisation);
    if (q.state && !only_new) params.add(domain::word(*q.state));
    params.add(q.due_by.value_or(far_off))
        .add(q.after ? q.after->first : long_ago)
        .add(q.after ? q.after->second : TaskId{Uuid{}})
        .add(std::int32_t{q.limit});
    if (q.assignee) return db.exec(q.state ? select_state_of_assignee : select_open_of_assignee, params);
    if (only_new) return db.exec(select_new_of_unit, params);
    return db.exec(q.state ? select_state_of_unit : select_open_of_unit, params);
}

}  // namespace

std::optional<TaskRow> task_by_id(db::PgSession& db, TaskId id) {
    return first_task(db.exec(select_task, Params(id)));
}

std::optional<TaskRow> lock_task(db::PgSession& db, TaskId id) {
    return first_task(db.exec(select_task_locked, Params(id)));
}

std::vector<TaskRow> lock_open_tasks(db::PgSession& db, std::string const& commitment_code) {
    std::vector<TaskRow> tasks;
    for (auto const& row : db.exec(select_open_of_commitment, Params(commitment_code)))
        tasks.push_back(task_of(row));
    return tasks;
}

void update(db::PgSession& db, TaskRow const& t) {
    std::optional<std::vector<std::uint8_t>> content, wrapped;
    std::optional<std::string> master;
    if (t.summary) {
        content = t.summary->content;
        wrapped = t.summary->wrapped_key;
        master = t.summary->master_key_id;
    }
    db.exec(update_task, Params(t.id, t.shard, domain::word(t.state), t.assignee, optional_word(t.result),
                                t.checked_on, t.closed_at, content, wrapped, master));
}

std::vector<TaskRow> tasks_in(db::PgSession& db, TaskQueue const& queue) {
    std::vector<TaskRow> tasks;
    for (auto const& row : rows_of(db, queue)) tasks.push_back(task_of(row));
    return tasks;
}

}  // namespace sponsio::store
