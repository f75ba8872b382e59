#pragma once

#include "server/store/tasks.hpp"

#include <optional>
#include <utility>
#include <vector>

/// Which tasks a request about many is about.
namespace sponsio::store {

/// Tasks without a lead that may be claimed: the start of a unit's queue.
struct Unclaimed {
    OrganisationId organisation;
    AccountId not_filed_by;         ///< who filed a commitment does not check it
    std::optional<Instant> due_by;  ///< due_at not after this
    std::optional<std::pair<Instant, TaskId>> after{};
    int limit;
};

/// The earliest due first, locked until the transaction ends; those that others hold are passed over.
std::vector<std::pair<Instant, TaskId>> lock_unclaimed(db::PgSession& db, Unclaimed const& wanted);

/// The open tasks in which this account has a seat, earliest due first; of one unit or of all.
std::vector<TaskId> open_tasks_of(db::PgSession& db, AccountId account,
                                  std::optional<OrganisationId> const& unit, int limit);
std::int64_t count_open_tasks_of(db::PgSession& db, AccountId account,
                                 std::optional<OrganisationId> const& unit);

}  // namespace sponsio::store
