#pragma once

#include "server/service/matters/ground.hpp"
#include "server/service/tasks/alarms.hpp"

#include <chrono>
#include <cstddef>

namespace sponsio::service {

/// What time alone brings about: alarms around the deadlines of checks, and the end of commitments that were
/// made for a time. Any number of processes may run rounds on one database; which time it is, the Clock says.
class ClockService {
  public:
    /// `page`: tasks, or commitments, in one transaction.
    explicit ClockService(Ground const& ground, int page = 1000) : ground_(ground), page_(page) {}

    /// Sounds what is due, page by page, at most `pages`: each page is a transaction that also keeps how far
    /// the alarm has come, so a process that dies in one has done nothing of it. An alarm whose calendar is
    /// unknown is looked at again a day later. Returns the pages done. Blocks: for background work.
    Outcome<std::size_t> sound_alarms(Deadline deadline, int pages);

    /// Commitments whose last day is over and that no check has begun on, at most a page of them. Returns how
    /// many ended.
    Outcome<std::size_t> expire_commitments(Deadline deadline);

  private:
    Outcome<bool> sound_next(db::PgSession& db) const;
    bool has_come(db::PgSession& db, store::DueAlarm& alarm, Instant now) const;
    void count_overdue(db::PgSession& db);

    Ground ground_;
    int page_;
    std::chrono::steady_clock::time_point counted_{};
};

}  // namespace sponsio::service
