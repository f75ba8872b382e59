#include "server/store/task_batches.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::TaskState;

constexpr BinaryQuery select_unclaimed{
    "task_batches.unclaimed",
    sql<"select t.due_at, t.task_id from verification_task t where t.organisation_id = $1 and "
        "t.closed_at is null and t.state = ",
        quoted<TaskState::created>,
        " and t.draw_id is null and t.due_at <= $2 and (t.due_at, t.task_id) > ($3, $4) and not exists "
        "(select from commitment c where c.code = t.commitment_code and c.filed_by = $5) "
        "order by t.due_at, t.task_id limit $6 for update of t skip locked">};

constexpr SqlPiece open_seats{
    "from task_inspector i join verification_task t on t.task_id = i.task_id where i.account_id = $1 and "
    "i.left_at is null and i.closed_at is null and ($2 or t.organisation_id = $3) "};
constexpr BinaryQuery select_open{
    "task_batches.open_of_account",
    sql<"select i.task_id ", open_seats, "order by i.due_at, i.task_id limit $4">};
constexpr BinaryQuery count_open{"task_batches.count_open", sql<"select count(*) ", open_seats>};

Params seats_of(AccountId account, std::optional<OrganisationId> const& unit) {
    return Params(account, !unit.has_value(), unit.value_or(OrganisationId{Uuid{}}));
}

}  // namespace

std::vector<std::pair<Instant, TaskId>> lock_unclaimed(db::PgSession& db, Unclaimed const& wanted) {
    auto const place = [](db::Rows::Row const& row) {
        return std::pair{row.get<Instant>(0), row.get<TaskId>(1)};
    };
    return all_of(db.exec(select_unclaimed, Params(wanted.organisation, wanted.due_by.value_or(far_off),
                                                   wanted.after ? wanted.after->first : long_ago,
                                                   wanted.after ? wanted.after->second : TaskId{Uuid{}},
                                                   wanted.not_filed_by, std::int32_t{wanted.limit})),
                  place);
}

std::vector<TaskId> open_tasks_of(db::PgSession& db, AccountId account,
                                  std::optional<OrganisationId> const& unit, int limit) {
    return column_of<TaskId>(db.exec(select_open, seats_of(account, unit).add(std::int32_t{limit})));
}

std::int64_t count_open_tasks_of(db::PgSession& db, AccountId account,
                                 std::optional<OrganisationId> const& unit) {
    return db.exec(count_open, seats_of(account, unit))[0].get<std::int64_t>(0);
}

}  // namespace sponsio::store
