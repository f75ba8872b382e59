#pragma once

#include "server/base/time.hpp"
#include "server/db/executor.hpp"

namespace sponsio::service {

/// Ends Idempotency-Keys that are older than store::key_lifetime. Goes over the table a piece at a time,
/// round and round: nothing is asked of filing for it. Used by one thread.
class UsedKeys {
  public:
    UsedKeys(db::DbExecutor& db, Clock const& clock) : db_(db), clock_(clock) {}

    /// How many keys ended.
    Outcome<std::size_t> round(Deadline deadline);

  private:
    db::DbExecutor& db_;
    Clock const& clock_;
    std::int64_t next_page_ = 0;
};

}  // namespace sponsio::service
