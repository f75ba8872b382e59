#pragma once

#include "server/base/time.hpp"

#include <atomic>

namespace sponsio::testing {

/// A clock that stands still until it is told to move; may be read while it is moved.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Instant start) : now_(start.time_since_epoch().count()) {}

    [[nodiscard]] Instant now() const override { return Instant{std::chrono::microseconds{now_.load()}}; }

    void set(Instant to) { now_ = to.time_since_epoch().count(); }

    void advance(std::chrono::microseconds by) { now_ += by.count(); }

  private:
    std::atomic<std::int64_t> now_;
};

}  // namespace sponsio::testing
