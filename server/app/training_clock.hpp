#pragma once

#include "server/base/fault.hpp"
#include "server/base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>

namespace sponsio::app {

/// Business time for training, demonstrations and tests: a file holds an RFC 3339 instant, and time runs on
/// from there since the file was last written. Whoever writes a later instant moves time forward; it never
/// goes back. All processes that name one file agree, also over restarts.
class TrainingClock final : public Clock {
  public:
    /// Refused with a sentence if the file cannot be read or holds no instant.
    static Outcome<std::unique_ptr<TrainingClock>> open(std::filesystem::path file);

    [[nodiscard]] Instant now() const override;

  private:
    explicit TrainingClock(std::filesystem::path file) : file_(std::move(file)) {}

    Outcome<void> read() const;

    std::filesystem::path file_;
    mutable std::mutex mutex_;
    mutable std::uint64_t inode_ = 0;  ///< of the file that was read
    mutable Instant set_to_{};         ///< what it says
    mutable Instant written_at_{};     ///< when it said so, in real time
    mutable Instant latest_{};         ///< the latest answer given
};

/// The training clock of that file, and a warning in the log; without a file the system's clock.
Outcome<std::unique_ptr<Clock>> clock_from(std::filesystem::path const& training);

}  // namespace sponsio::app
