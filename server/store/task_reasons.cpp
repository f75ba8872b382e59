#include "server/store/task_reasons.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_reason{
    "task_reasons.add",
    "insert into task_reason (task_id, reason, since, rule) values ($1, $2, $3, $4) on conflict do nothing"};
constexpr BinaryQuery update_ended{
    "task_reasons.end",
    "update task_reason set ended_at = $3 where task_id = $1 and reason = $2 and ended_at is null"};
constexpr BinaryQuery select_live{
    "task_reasons.of_tasks",
    "select task_id, reason, since, rule from task_reason where task_id = any($1) and ended_at is null "
    "order by reason_id"};

}  // namespace

void add_reason(db::PgSession& db, TaskId task, ReasonRow const& reason) {
    db.exec(insert_reason, Params(task, domain::word(reason.reason), reason.since, reason.rule));
}

void end_reason(db::PgSession& db, TaskId task, domain::TaskReason reason, Instant now) {
    db.exec(update_ended, Params(task, domain::word(reason), now));
}

std::multimap<TaskId, ReasonRow> reasons_of(db::PgSession& db, std::span<TaskId const> tasks) {
    std::multimap<TaskId, ReasonRow> reasons;
    for (auto const& row : db.exec(select_live, Params(array_of(tasks))))
        reasons.emplace(row.get<TaskId>(0),
                        ReasonRow{word_at<domain::TaskReason>(row, 1), row.get<Instant>(2),
                                  row.get<std::optional<std::string>>(3)});
    return reasons;
}

}  // namespace sponsio::store
