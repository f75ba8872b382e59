#pragma once

#include "server/base/metrics.hpp"
#include "server/db/executor.hpp"
#include "server/service/log/walk.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sponsio::service {

/// The walk through the log that goes on as long as the server runs, again and again. What two looks in a row
/// find damaged is frozen: no process signs for that shard until a person has looked. For one thread.
class LogCheck {
  public:
    LogCheck(db::DbExecutor& db, LogWalkParts parts, Metrics* metrics = nullptr);

    struct Look {
        std::uint64_t looked_at = 0;            ///< entries and rows
        std::vector<LogMismatch> mismatches{};  ///< frozen now
        bool end = false;                       ///< of one walk; the next look begins another
    };

    /// One bounded step.
    Outcome<Look> look(Deadline deadline);

  private:
    Look step(db::PgSession& db);
    void measure(db::PgSession& db, bool end) const;
    void freeze(db::PgSession& db, std::vector<LogMismatch> const& mismatches);

    db::DbExecutor& db_;
    LogWalkParts parts_;
    Metrics* metrics_;
    std::unique_ptr<LogWalk> walk_;
    std::vector<LogMismatch> suspected_;  ///< by the look before
    std::set<std::string> told_;          ///< of things in no shard
    bool sound_ = true;                   ///< so far in this walk
};

}  // namespace sponsio::service
