#pragma once

#include "server/store/tasks.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What a queue of tasks shows besides the tasks.
namespace sponsio::store {

/// The latest due time of a unit whose warning has gone off while it has not come yet; nothing if there is
/// none.
std::optional<Instant> warned_until(db::PgSession& db, OrganisationId organisation, Instant now);

/// Open tasks that this organisation has to look after because they are overdue below it: by (due_at, task),
/// after `after`, at most `limit`.
std::vector<TaskRow> escalated_tasks(db::PgSession& db, OrganisationId organisation,
                                     std::optional<std::pair<Instant, TaskId>> const& after, int limit);

/// What was drawn, for those of the tasks that come from a draw: "<shard>/<leaf>".
std::map<TaskId, std::string> objects_of(db::PgSession& db, std::span<TaskId const> tasks);

}  // namespace sponsio::store
