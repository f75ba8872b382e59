#pragma once

#include "server/db/session.hpp"
#include "server/domain/task_lifecycle.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>

/// Reasons for a task's place in the queue beside its own columns: answers of departments, open assistance.
namespace sponsio::store {

struct ReasonRow {
    domain::TaskReason reason;
    Instant since;
    std::optional<std::string> rule;  ///< clock text, where a rule gave it
};

/// Adds the reason; no change if it is there already.
void add_reason(db::PgSession& db, TaskId task, ReasonRow const& reason);
/// Ends the reason; no change if there is none.
void end_reason(db::PgSession& db, TaskId task, domain::TaskReason reason, Instant now);
/// The present reasons, oldest first.
std::multimap<TaskId, ReasonRow> reasons_of(db::PgSession& db, std::span<TaskId const> tasks);

}  // namespace sponsio::store
