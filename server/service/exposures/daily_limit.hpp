#pragma once

#include "server/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace sponsio::service {

/// How much one network may still send today. Kept in memory only, so that nothing leads from a report to the
/// network it came from; a restart begins anew.
class DailyLimit {
  public:
    /// Takes one; false if `most` were taken on that day.
    bool take(std::uint64_t network, Date today, std::int64_t most) {
        std::lock_guard const lock(mutex_);
        if (day_ != today) {
            day_ = today;
            taken_.clear();
        }
        // Where very many come, all further networks are counted as one.
        if (taken_.size() >= most_networks && !taken_.contains(network)) network = 0;
        std::int64_t& taken = taken_[network];
        if (taken >= most) return false;
        ++taken;
        return true;
    }

  private:
    static constexpr std::size_t most_networks = 65536;

    std::mutex mutex_;
    std::optional<Date> day_;
    std::unordered_map<std::uint64_t, std::int64_t> taken_;
};

}  // namespace sponsio::service
