#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace sponsio::domain {

/// Knowledge that ages (the working days, the law), in its present version. Reading is one load of a pointer.
/// A newer version replaces the old one, which is kept, so that references into it (a rule, a name) stay
/// valid. That happens a few times a year, so the old versions cost little memory.
template <class T>
class Living {
  public:
    explicit Living(T first) { become(std::make_shared<T const>(std::move(first))); }

    [[nodiscard]] T const& now() const noexcept { return *now_.load(std::memory_order_acquire); }

    /// Takes over the present version of `other`.
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
