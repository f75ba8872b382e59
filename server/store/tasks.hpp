#pragma once

#include "server/db/session.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/store/idempotency.hpp"

#include <optional>
#include <string>
#include <vector>

/// Verification tasks: the check that watches over a commitment.
namespace sponsio::store {

struct TaskRow {
    std::int16_t shard;
    TaskId id;
    std::string commitment_code;
    OrganisationId organisation;  ///< the verifying unit
    std::string source;
    std::string mode;
    Instant created_at;
    Instant due_at;    ///< the first instant after the last day
    std::string rule;  ///< rule, pack and calendar that gave due_at
    domain::TaskState state;
    std::optional<AccountId> assignee;
    std::optional<domain::CheckResult> result;
    std::optional<Date> checked_on;
    std::optional<SealedColumns> summary;
    std::optional<Instant> closed_at;
};

std::optional<TaskRow> task_by_id(db::PgSession& db, TaskId id);
/// The same, locked until the transaction ends.
std::optional<TaskRow> lock_task(db::PgSession& db, TaskId id);

/// Those of a commitment that are neither closed nor cancelled, locked until the transaction ends.
std::vector<TaskRow> lock_open_tasks(db::PgSession& db, std::string const& commitment_code);

/// Writes what a step may change: state, assignee, result, checked_on, summary, closed_at.
void update(db::PgSession& db, TaskRow const& task);

/// Which tasks of a unit, and where in the queue to go on.
struct TaskQueue {
    OrganisationId organisation;
    std::optional<AccountId> assignee;       ///< only those this account holds
    std::optional<domain::TaskState> state;  ///< nothing: all that are open
    std::optional<Instant> due_by;           ///< due_at not after this
    std::optional<std::pair<Instant, TaskId>> after;
    int limit = 50;
};

/// Ordered by (due_at, task_id).
std::vector<TaskRow> tasks_in(db::PgSession& db, TaskQueue const& queue);

}  // namespace sponsio::store
