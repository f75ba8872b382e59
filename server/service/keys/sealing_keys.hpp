#pragma once

#include "server/base/metrics.hpp"
#include "server/db/executor.hpp"
#include "server/service/keys/service.hpp"

#include <chrono>
#include <string>

namespace sponsio::service {

/// The change of sealing keys (`sponsio key rotate --purpose sealing`). Once the new key seals, the data key
/// of every row is wrapped anew under it, a piece of a table at a time; then the old keys are destroyed in
/// this process's key directory. Nothing of it is remembered outside the rows: a round that dies is begun
/// again and finds what is left to do. Used by one thread.
class SealingKeys {
  public:
    struct Options {
        /// How long nobody seals with an old key before such keys are looked for, and once more from when
        /// none is left until they are destroyed: longer than whoever read one before is at work with it.
        std::chrono::milliseconds settling = std::chrono::seconds(20);
    };

    SealingKeys(db::DbExecutor& db, KeyService& keys, Metrics& metrics, Options options);

    /// Says which key this process seals with, and goes on with the work. Returns the number of data keys
    /// that were wrapped anew, or of keys destroyed.
    Outcome<std::size_t> round(Deadline deadline);
    /// This process seals no more.
    void end(Deadline deadline);

  private:
    using Moment = std::chrono::steady_clock::time_point;

    Outcome<std::size_t> tell(Deadline deadline);
    Outcome<std::size_t> look_at_piece(Deadline deadline);
    Outcome<std::size_t> destroy_old();

    db::DbExecutor& db_;
    KeyService& keys_;
    Vault vault_;
    Metrics& metrics_;
    Options options_;
    Uuid process_;
    std::string current_;  ///< the key that this pass wraps in
    Moment alone_since_;   ///< nobody was seen to seal with another key since
    Moment looked_through_{};
    std::size_t table_ = 0;
    std::int64_t page_ = 0;
    bool left_ = false;  ///< a data key that does not unwrap was found in this pass
};

}  // namespace sponsio::service
