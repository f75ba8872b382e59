#include "server/store/task_ends.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

static_assert(end_open == far_off);

constexpr BinaryQuery lock_open{
    "task_ends.lock",
    "select task_id, shard, organisation_id, state, created_at, due_at, rule, waits_for from "
    "verification_task "
    "where waits_for = any($1) and closed_at is null and task_id > $2 order by task_id limit $3 for update "
    "skip locked"};
constexpr BinaryQuery write_ends{
    "task_ends.set",
    "with ends as materialized (select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::int4[]) "
    "as "
    "q(id, due, rule, waits)), seats as (update task_inspector i set due_at = e.due from ends e where "
    "i.task_id = e.id) update verification_task t set due_at = e.due, rule = e.rule, waits_for = e.waits "
    "from "
    "ends e where t.task_id = e.id"};
constexpr BinaryQuery count_open{"task_ends.count",
                                 "select count(*) from verification_task where waits_for is not null and "
                                 "closed_at is null"};

}  // namespace

std::vector<OpenEnd> lock_open_ends(db::PgSession& db, std::vector<std::chrono::year> const& known,
                                    TaskId after, int limit) {
    db::Array<std::int32_t> years;
    for (std::chrono::year const year : known) years.push(std::int32_t{int{year}});
    return all_of(db.exec(lock_open, Params().add(years).add(after).add(std::int32_t{limit})),
                  [](db::Rows::Row const& row) {
                      return OpenEnd{.id = row.get<TaskId>(0),
                                     .shard = row.get<std::int16_t>(1),
                                     .organisation = row.get<OrganisationId>(2),
                                     .state = word_at<domain::TaskState>(row, 3),
                                     .created_at = row.get<Instant>(4),
                                     .end = {row.get<Instant>(5), row.get<std::string>(6),
                                             row.get<std::optional<std::int32_t>>(7)}};
                  });
}

void set_ends(db::PgSession& db, std::span<OpenEnd const> tasks) {
    db::Array<TaskId> ids;
    db::Array<Instant> due;
    db::Array<std::string> rules;
    db::Array<std::int32_t> waits;
    for (OpenEnd const& task : tasks) {
        ids.push(task.id);
        due.push(task.end.due_at);
        rules.push(task.end.rule);
        waits.push(task.end.waits_for);
    }
    db.exec(write_ends, Params(ids, due, rules, waits));
}

std::int64_t tasks_awaiting_calendar(db::PgSession& db) {
    return db.exec(count_open)[0].get<std::int64_t>(0);
}

}  // namespace sponsio::store
