#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace sponsio::service {

/// The register of all caches of database rows in the process, so that all of them can be dropped at once:
/// with every new session, since the server behind it may have lost, or kept, a
/// transaction in doubt. Thread-safe.
class RowMemory {
  public:
    /// `drop` may be called from any thread, for as long as this object lives.
    void add(std::function<void()> drop) {
        std::lock_guard const lock(mutex_);
        drops_.push_back(std::move(drop));
    }

    void drop() {
        std::lock_guard const lock(mutex_);
        for (auto const& drop : drops_) drop();
    }

  private:
    std::mutex mutex_;
    std::vector<std::function<void()>> drops_;
};

}  // namespace sponsio::service
