#pragma once

#include "server/base/time.hpp"
#include "server/db/executor.hpp"

namespace sponsio::service {

/// Deletes Idempotency-Keys older than store::key_lifetime. It goes over the table a piece at a time, round
/// after round, so that filing has no part in it. Used by one thread.
class UsedKeys {
  public:
    UsedKeys(db::DbExecutor& db, Clock const& clock) : db_(db), clock_(clock) {}

    /// Returns the number of keys deleted.
    Outcome<std::size_t> round(Deadline deadline);

  private:
    db::DbExecutor& db_;
    Clock const& clock_;
    std::int64_t next_page_ = 0;
};

}  // namespace sponsio::service
