#pragma once

#include "server/db/session.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>

/// Why a task is where it is in the queue, as far as its own columns do not say it: what departments
/// answered, which assistance is open.
namespace sponsio::store {

struct TaskReason {
    std::string reason;  ///< a word, [a-z_]{1,40}
    Instant since;
    std::optional<std::string> rule;  ///< clock text, where a rule gave it
};

/// Holds from now on; no change if it holds already.
void add_reason(db::PgSession& db, TaskId task, TaskReason const& reason);
/// Holds no longer; no change if it does not hold.
void end_reason(db::PgSession& db, TaskId task, std::string const& reason, Instant now);
/// Those that hold, oldest first.
std::multimap<TaskId, TaskReason> reasons_of(db::PgSession& db, std::span<TaskId const> tasks);

}  // namespace sponsio::store
