#pragma once

#include "server/domain/decode.hpp"
#include "server/store/alarms.hpp"
#include "server/store/inspectors.hpp"
#include "server/store/task_reasons.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sponsio::service {

/// The reasons and inspectors of all tasks of a page, read in a few queries.
class ReasonBook {
  public:
    ReasonBook(db::PgSession& db, std::span<store::TaskRow const> tasks, Instant now);

    /// [{reason, since, rule}], by time: the first is what put the task into the queue.
    [[nodiscard]] domain::Json of(store::TaskRow const& task) const;
    /// The accounts of its present inspectors, the lead first.
    [[nodiscard]] domain::Json inspectors(store::TaskRow const& task) const;

  private:
    class List;

    void add_clock(List& list, store::TaskRow const& task) const;
    void add_seats(List& list, store::TaskRow const& task) const;

    Instant now_;
    std::multimap<TaskId, store::InspectorRow> seats_;
    std::multimap<TaskId, store::ReasonRow> noted_;
    std::multimap<TaskId, store::EscalationRow> escalated_;
    std::vector<store::AlarmRow> warnings_;  ///< those that have gone off
};

}  // namespace sponsio::service
