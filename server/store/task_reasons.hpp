#pragma once

#include "server/db/session.hpp"
#include "server/domain/task_lifecycle.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>

/// Why a task is where it is in the queue, as far as its own columns do not say it: what departments
/// answered, which assistance is open.
namespace sponsio::store {

struct ReasonRow {
    domain::TaskReason reason;
    Instant since;
    std::optional<std::string> rule;  ///< clock text, where a rule gave it
};

/// Holds from now on; no change if it holds already.
void add_reason(db::PgSession& db, TaskId task, ReasonRow const& reason);
/// Holds no longer; no change if it does not hold.
void end_reason(db::PgSession& db, TaskId task, domain::TaskReason reason, Instant now);
/// Those that hold, oldest first.
std::multimap<TaskId, ReasonRow> reasons_of(db::PgSession& db, std::span<TaskId const> tasks);

}  // namespace sponsio::store
