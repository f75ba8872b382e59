#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace sponsio::domain {

/// What is known of something that ages (the working days, the law), as it is now. Reading is one load of a
/// pointer. Whoever learns something newer puts it in the place of the old, which lives on: what was handed
/// out of it (a rule, a name) stays good. That happens a few times a year, so nothing piles up.
template <class T>
class Living {
  public:
    explicit Living(T first) { become(std::make_shared<T const>(std::move(first))); }

    [[nodiscard]] T const& now() const noexcept { return *now_.load(std::memory_order_acquire); }

    /// From now on this one knows what `other` knows now.
    void become(Living const& other) {
        std::shared_ptr<T const> newest;
        {
            std::lock_guard const lock(other.mutex_);
            newest = other.all_.back();
        }
        become(std::move(newest));
    }

  private:
    void become(std::shared_ptr<T const> next) {
        std::lock_guard const lock(mutex_);
        now_.store(next.get(), std::memory_order_release);
        all_.push_back(std::move(next));
    }

    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<T const>> all_;
    std::atomic<T const*> now_{nullptr};
};

}  // namespace sponsio::domain
