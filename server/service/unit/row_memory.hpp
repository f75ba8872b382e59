#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace sponsio::service {

/// Where everything in the process that stands for rows of the database is known, so that all of it can be
/// dropped at once: with every new session, for what is behind it may have lost, or got, what was in doubt
/// before. For any thread.
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
