#include "server/store/inspectors.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery select_of_tasks{
    "inspectors.of_tasks",
    "select i.place_id, i.task_id, i.seat, i.account_id, i.ref, i.assigned_at, i.how, i.left_at, i.left_why, "
    "i.signed_off_at from task_inspector i where i.task_id = any($1) order by i.place_id"};
constexpr BinaryQuery insert_seat{
    "inspectors.seat",
    "insert into task_inspector (task_id, seat, account_id, ref, due_at, assigned_at, how, closed_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr BinaryQuery update_left{
    "inspectors.leave", "update task_inspector set left_at = $2, left_why = $3 where place_id = $1"};
constexpr BinaryQuery update_signed{"inspectors.sign_off",
                                    "update task_inspector set signed_off_at = $2 where place_id = $1"};
constexpr BinaryQuery update_unsigned{"inspectors.forget_sign_offs",
                                      "update task_inspector set signed_off_at = null where task_id = $1 and "
                                      "left_at is null and signed_off_at is not null"};
constexpr BinaryQuery select_of_account{
    "inspectors.tasks_of",
    "select task_id from task_inspector where account_id = $1 and left_at is null and closed_at is null "
    "order by task_id"};

InspectorRow inspector_of(db::Rows::Row const& row) {
    return {.place = row.get<std::int64_t>(0),
            .task = row.get<TaskId>(1),
            .seat = row.get<std::int16_t>(2),
            .account = row.get<AccountId>(3),
            .ref = row.get<std::optional<std::string>>(4),
            .assigned_at = row.get<Instant>(5),
            .how = word_at<SeatedBy>(row, 6),
            .left_at = row.get<std::optional<Instant>>(7),
            .left_why = optional_word_at<LeftBecause>(row, 8),
            .signed_off_at = row.get<std::optional<Instant>>(9)};
}

}  // namespace

std::vector<InspectorRow> inspectors_of(db::PgSession& db, TaskId task) {
    db::Array<TaskId> one;
    one.push(task);
    return all_of(db.exec(select_of_tasks, Params(one)), inspector_of);
}

std::multimap<TaskId, InspectorRow> inspectors_of(db::PgSession& db, std::span<TaskId const> tasks) {
    std::multimap<TaskId, InspectorRow> all;
    for (auto const& row : db.exec(select_of_tasks, Params(array_of(tasks)))) {
        InspectorRow inspector = inspector_of(row);
        all.emplace(inspector.task, std::move(inspector));
    }
    return all;
}

void seat_inspector(db::PgSession& db, TaskRow const& task, Seating const& who, SeatedBy how, Instant now) {
    std::optional<std::string> ref;
    if (!who.ref.empty()) ref = who.ref;
    db.exec(insert_seat, Params(task.id, static_cast<std::int16_t>(who.seat), who.account, ref, task.due_at,
                                now, domain::word(how), task.closed_at));
}

void unseat_inspector(db::PgSession& db, std::int64_t place, LeftBecause why, Instant now) {
    db.exec(update_left, Params(place, now, domain::word(why)));
}

void sign_off(db::PgSession& db, std::int64_t place, Instant now) {
    db.exec(update_signed, Params(place, now));
}

void forget_sign_offs(db::PgSession& db, TaskId task) {
    db.exec(update_unsigned, Params(task));
}

std::vector<TaskRow> lock_tasks_of_inspector(db::PgSession& db, AccountId account) {
    std::vector<TaskRow> tasks;
    for (auto const& row : db.exec(select_of_account, Params(account)))
        if (auto task = lock_task(db, row.get<TaskId>(0))) tasks.push_back(std::move(*task));
    return tasks;
}

}  // namespace sponsio::store
