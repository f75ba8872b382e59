#pragma once

#include "server/domain/decode.hpp"
#include "server/service/tasks/check_steps.hpp"
#include "server/service/tasks/oversight_steps.hpp"

#include <optional>
#include <string>
#include <vector>

/// Steps of many tasks in one request. Each is the step of one task, with its guards and its event; what is
/// refused leaves nothing behind.
namespace sponsio::service {

inline constexpr std::size_t most_at_once = 100;

/// The tasks that somebody takes: those named, or the first of the unit's queue.
struct TaskClaims {
    std::vector<TaskId> tasks{};
    int count = 0;                     ///< of the queue; 0: the tasks named
    std::optional<Date> due_before{};  ///< of the queue: last day before this one
    bool all_or_none = false;

    static TaskClaims read(domain::Fields& fields);
};

/// Tasks that are concluded as consistent, and closed.
struct TaskClosures {
    struct Item {
        TaskId task;
        Conclusion conclusion;
    };

    std::vector<Item> items{};
    bool all_or_none = false;

    static TaskClosures read(domain::Fields& fields);
};

/// Everything open that one person has, given to another or back to the queue.
struct HandOver {
    std::optional<AccountId> from{};  ///< nothing: the caller
    std::optional<AccountId> to{};    ///< nothing: back to the queue
    std::string why;

    static HandOver read(domain::Fields& fields);
};

/// Starts, concludes and closes a task that the actor leads, as far as each of it remains to be done.
Outcome<void> close_as_consistent(TaskCase& check, Vault const& vault, Conclusion const& conclusion);

/// Gives the seat of `from` away. Who is drawn leaves by recusal or by a supervisor's decision only, and a
/// drawn seat goes to a person, not to the queue.
Outcome<void> hand_over(TaskCase& check, OversightParts const& parts, AccountId from, HandOver const& wish);

}  // namespace sponsio::service
