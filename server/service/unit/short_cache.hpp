#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

namespace sponsio::service {

/// A cache whose entries have a fixed time to live. Changes by another process are seen when that has passed.
/// Expired entries are removed by the next call. Thread-safe.
template <class Key, class Value>
class ShortCache {
  public:
    using Kept = std::shared_ptr<Value const>;

    ShortCache(std::chrono::steady_clock::duration moment, std::size_t most) : moment_(moment), most_(most) {}

    /// Nothing if there is no entry, or an expired one.
    Kept find(Key const& key) {
        std::lock_guard lock(mutex_);
        let_go();
        auto const found = kept_.find(key);
        return found == kept_.end() ? nullptr : found->second;
    }

    void keep(Key const& key, Kept value) {
        std::lock_guard lock(mutex_);
        let_go();
        if (kept_.size() >= most_ || !kept_.try_emplace(key, std::move(value)).second) return;
        ends_.emplace_back(std::chrono::steady_clock::now() + moment_, key);
    }

    /// Removes the entries for which `wrong(value)` holds.
    template <class Wrong>
    void forget(Wrong wrong) {
        std::lock_guard lock(mutex_);
        std::erase_if(kept_, [&](auto const& entry) { return wrong(*entry.second); });
        std::erase_if(ends_, [&](auto const& end) { return !kept_.contains(end.second); });
    }

    void forget() {
        std::lock_guard lock(mutex_);
        kept_.clear();
        ends_.clear();
    }

  private:
    void let_go() {
        auto const now = std::chrono::steady_clock::now();
        for (; !ends_.empty() && ends_.front().first <= now; ends_.pop_front())
            kept_.erase(ends_.front().second);
    }

    std::chrono::steady_clock::duration moment_;
    std::size_t most_;
    std::mutex mutex_;
    std::map<Key, Kept> kept_;
    std::deque<std::pair<std::chrono::steady_clock::time_point, Key>> ends_;  ///< in the order of their ends
};

}  // namespace sponsio::service
