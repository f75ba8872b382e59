#include "server/store/task_queue.hpp"

#include "server/domain/rules.hpp"
#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::AlarmAction;

constexpr BinaryQuery select_warned{
    "task_queue.warned_until",
    sql<"select max(due_at) from task_alarm where organisation_id = $1 and due_at > $2 and action = ",
        quoted<AlarmAction::warn>, " and waits_for is null and run_at <= $2">};
// Two alarms may have escalated the same task.
constexpr BinaryQuery select_escalated{
    "task_queue.escalated",
    "select distinct e.due_at, e.task_id from task_escalation e where e.to_organisation = $1 and e.open "
    "and (e.due_at, e.task_id) > ($2, $3) order by e.due_at, e.task_id limit $4"};
constexpr BinaryQuery select_objects{"task_queue.objects",
                                     "select task_id, object from draw_object where task_id = any($1)"};

}  // namespace

std::optional<Instant> warned_until(db::PgSession& db, OrganisationId organisation, Instant now) {
    return db.exec(select_warned, Params(organisation, now))[0].get<std::optional<Instant>>(0);
}

std::vector<TaskRow> escalated_tasks(db::PgSession& db, OrganisationId organisation,
                                     std::optional<std::pair<Instant, TaskId>> const& after, int limit) {
    std::vector<TaskId> ids;
    for (auto const& row :
         db.exec(select_escalated, Params(organisation, after ? after->first : long_ago,
                                          after ? after->second : TaskId{Uuid{}}, std::int32_t{limit})))
        ids.push_back(row.get<TaskId>(1));
    return tasks_by_id(db, ids);
}

std::map<TaskId, std::string> objects_of(db::PgSession& db, std::span<TaskId const> tasks) {
    std::map<TaskId, std::string> objects;
    for (auto const& row : db.exec(select_objects, Params(array_of(tasks))))
        objects.emplace(row.get<TaskId>(0), row.get<std::string>(1));
    return objects;
}

}  // namespace sponsio::store
