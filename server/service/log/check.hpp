#pragma once

#include "server/base/metrics.hpp"
#include "server/db/executor.hpp"
#include "server/service/log/walk.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sponsio::service {

/// The endless check of the log while the server runs, walk after walk. Damage found by two looks in a row
/// freezes the shard: no process signs for it until a person has looked. For one thread.
class LogCheck {
  public:
    LogCheck(db::DbExecutor& db, LogWalkParts parts, Metrics* metrics = nullptr);

    struct Look {
        std::uint64_t looked_at = 0;            ///< entries and rows
        std::vector<LogMismatch> mismatches{};  ///< frozen now
        bool end = false;                       ///< of one walk; the next look begins another
    };

    /// Takes one bounded step.
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
