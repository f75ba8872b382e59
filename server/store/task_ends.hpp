#pragma once

#include "server/store/tasks.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Open checks whose end waits for the calendar of a year.
namespace sponsio::store {

struct OpenEnd {
    TaskId id;
    std::int16_t shard;
    OrganisationId organisation;
    domain::TaskState state;
    Instant created_at;
    TaskEnd end;
};

/// Those that wait for one of these years, by id after `after`, locked; what others hold is passed over.
std::vector<OpenEnd> lock_open_ends(db::PgSession& db, std::vector<std::chrono::year> const& known,
                                    TaskId after, int limit);
/// Writes the ends, into the tasks and into their seats.
void set_ends(db::PgSession& db, std::span<OpenEnd const> tasks);
std::int64_t tasks_awaiting_calendar(db::PgSession& db);

}  // namespace sponsio::store
