#pragma once

#include "server/db/session.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// Verification tasks (核查任务).
namespace sponsio::store {

/// The due time of a check whose end no calendar knows: behind all others, and never reached.
inline constexpr Instant end_open{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};

/// The end of a check as its row has it.
struct TaskEnd {
    Instant due_at;
    std::string rule;
    std::optional<std::int32_t> waits_for{};
};

struct TaskRow {
    std::int16_t shard;
    TaskId id;
    std::string commitment_code;
    OrganisationId organisation;  ///< the verifying unit
    domain::TaskSource source;
    std::string mode;
    Instant created_at;
    Instant due_at;    ///< the first instant after the last day; `end_open` while no calendar knows it
    std::string rule;  ///< rule, pack and calendar that gave due_at
    domain::TaskState state;
    std::optional<AccountId> assignee;  ///< who leads: the holder of seat 1
    std::optional<domain::CheckResult> result;
    std::optional<Date> checked_on;
    std::optional<SealedColumns> summary;
    std::optional<Instant> closed_at;
    std::optional<DrawId> draw{};
    int inspectors_needed = 1;
    int reopened = 0;  ///< how often
    std::optional<Instant> reopened_at{};
    std::optional<Instant> concluded_at{};  ///< of the conclusion that stands
    std::optional<AccountId> concluded_by{};
    std::optional<std::int32_t> waits_for{};  ///< the year whose calendar is missing
};

std::optional<TaskRow> task_by_id(db::PgSession& db, TaskId id);
/// The tasks, by (due_at, task_id).
std::vector<TaskRow> tasks_by_id(db::PgSession& db, std::span<TaskId const> ids);
/// The task, locked until the transaction ends.
std::optional<TaskRow> lock_task(db::PgSession& db, TaskId id);

/// The tasks of a commitment that are neither closed nor cancelled, locked until the transaction ends.
std::vector<TaskRow> lock_open_tasks(db::PgSession& db, std::string const& commitment_code);

/// Writes the columns that a step may change: state, assignee, result, checked_on, summary, closed_at,
/// reopened, concluded. The task's seats are closed or reopened with it.
void update(db::PgSession& db, TaskRow const& task);

/// A seat of a new task that is filled from the start.
struct Seating {
    int seat;  ///< 1 leads
    AccountId account;
    std::string ref;  ///< the pseudonym in the draw
};

struct TaskToAdd {
    TaskId id;
    std::int16_t shard;  ///< of its commitment
    std::string commitment_code;
    OrganisationId organisation;  ///< the verifying unit
    domain::TaskSource source;
    std::string mode;
    Instant created_at;
    Instant due_at;
    std::string rule;
    std::optional<DrawId> draw{};
    int inspectors_needed = 1;
    std::vector<Seating> inspectors{};
    std::optional<std::int32_t>
        waits_for{};  ///< the year whose calendar is missing; then due_at is `end_open`
};

/// Stores tasks with their inspectors and events, many at a time: `assigned` if somebody leads, else
/// `created`. A seat whose account is closed by now is stored empty. `actor` is recorded as their maker;
/// nothing: the system made them, by a rule.
void add_tasks(db::PgSession& db, std::span<TaskToAdd const> tasks, std::optional<AccountId> actor = {});

/// The tasks of a unit, and the position to go on from.
struct TaskQueue {
    OrganisationId organisation;
    std::optional<AccountId> inspector;      ///< instead: those in which this account has a seat, of any unit
    std::optional<domain::TaskState> state;  ///< nothing: all that are open
    std::optional<Instant> due_by;           ///< due_at not after this
    std::optional<std::pair<Instant, TaskId>> after;
    int limit = 50;
};

/// The tasks, by (due_at, task_id).
std::vector<TaskRow> tasks_in(db::PgSession& db, TaskQueue const& queue);

}  // namespace sponsio::store
