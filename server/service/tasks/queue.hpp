#pragma once

#include "server/domain/access.hpp"
#include "server/domain/decode.hpp"
#include "server/service/unit/page.hpp"
#include "server/store/inspectors.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// The queues of a verifying unit: the waiting tasks with inspectors, reasons and the rules behind them.
namespace sponsio::service {

enum class Pressing {
    due_soon,  ///< its warning has gone off
    overdue,
    escalated  ///< to the caller's organisation, from whichever unit
};

constexpr auto words_of(Pressing) {
    using enum Pressing;
    return std::to_array<domain::Word<Pressing>>(
        {{due_soon, "due_soon"}, {overdue, "overdue"}, {escalated, "escalated"}});
}

struct QueueFilter {
    bool mine = false;                       ///< only what the caller sits in
    std::optional<Pressing> pressing{};      ///< of the whole unit
    std::optional<domain::TaskState> state;  ///< nothing: all that are open
    std::optional<Date> due_before;          ///< last day before this one
    std::string after;                       ///< key of the last page; empty: from the start
    int limit = 50;
};

/// The tasks, earliest due first. Each queue is read from an index, starting at the cursor.
Outcome<Page> queue_page(db::PgSession& db, domain::Official const& who, QueueFilter const& question,
                         Instant now);

/// The common part of lists and single views: [{..., inspectors, reasons}], in the order of the tasks.
std::vector<domain::JsonObject> task_heads(db::PgSession& db, std::span<store::TaskRow const> tasks,
                                           Instant now);

}  // namespace sponsio::service
