#pragma once

#include "server/service/matters/ground.hpp"
#include "server/service/tasks/alarms.hpp"
#include "server/store/task_ends.hpp"

#include <chrono>
#include <cstddef>

namespace sponsio::service {

/// Effects of time alone: alarms around the deadlines of tasks, and the end of commitments with a last day.
/// Any number of processes may run rounds on one database; the time is that of the Clock.
class ClockService {
  public:
    /// `page`: tasks, or commitments, in one transaction.
    explicit ClockService(Ground const& ground, int page = 1000) : ground_(ground), page_(page) {}

    /// Sounds the due alarms, at most `pages` pages: each page is a transaction that also stores the alarm's
    /// progress, so a process that dies in one has done nothing of it. An alarm whose calendar is unknown is
    /// looked at again a day later. Returns the number of pages done. Blocks: for background work.
    Outcome<std::size_t> sound_alarms(Deadline deadline, int pages);

    /// Expires commitments whose last day is over and whose verification has not begun, at most a page of
    /// them. Returns their number.
    Outcome<std::size_t> expire_commitments(Deadline deadline);

    /// Sets the ends of checks that waited for a calendar which is known now, a page in each transaction, and
    /// arms their alarms. Returns the number of checks that have their last day.
    Outcome<std::size_t> set_open_ends(Deadline deadline, int pages);

  private:
    Outcome<bool> sound_next(db::PgSession& db) const;
    bool has_come(db::PgSession& db, store::DueAlarm& alarm, Instant now) const;
    void count_overdue(db::PgSession& db);
    Outcome<std::size_t> set_some_ends(db::PgSession& db, std::vector<store::OpenEnd>& tasks) const;

    Ground ground_;
    int page_;
    std::chrono::steady_clock::time_point counted_{};
};

}  // namespace sponsio::service
