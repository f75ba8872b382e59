#pragma once

#include "server/store/tasks.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Additions of the queue view to the tasks.
namespace sponsio::store {

/// The latest due time in the future for which a unit's warning has gone off; nothing if there is none.
std::optional<Instant> warned_until(db::PgSession& db, OrganisationId organisation, Instant now);

/// The open tasks that are escalated to this organisation: by (due_at, task), after `after`, at most `limit`.
std::vector<TaskRow> escalated_tasks(db::PgSession& db, OrganisationId organisation,
                                     std::optional<std::pair<Instant, TaskId>> const& after, int limit);

/// The drawn object "<shard>/<leaf>" of each task that comes from a draw.
std::map<TaskId, std::string> objects_of(db::PgSession& db, std::span<TaskId const> tasks);

}  // namespace sponsio::store
