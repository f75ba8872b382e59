#pragma once

#include "server/base/time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

/// Limits on how often a peer is asked. Pure: the caller passes the time.
namespace sponsio::client {

/// A circuit breaker: after some failures in a row nothing is sent for a while, then one request probes
/// whether the peer is back. Not thread-safe.
class Breaker {
  public:
    enum class State : unsigned char { closed, open, half_open };

    Breaker(int failures_to_open, std::chrono::milliseconds pause)
        : failures_to_open_(failures_to_open), pause_(pause) {}

    /// Whether a request may go out now. In the half-open state one may; the next only after its outcome, or
    /// after another pause if no outcome was reported.
    [[nodiscard]] bool admit(Instant now);
    /// Whether admit() would allow a request; changes nothing.
    [[nodiscard]] bool ready(Instant now) const noexcept;
    void succeeded();
    void failed(Instant now);

    [[nodiscard]] State state() const noexcept { return state_; }

    /// The time at which it opened last; nothing while it is closed.
    [[nodiscard]] std::optional<Instant> open_since() const noexcept { return open_since_; }

  private:
    int failures_to_open_;
    std::chrono::milliseconds pause_;
    State state_ = State::closed;
    int failures_ = 0;
    Instant next_probe_{};
    std::optional<Instant> open_since_{};
};

[[nodiscard]] std::string_view name(Breaker::State state);

/// A token bucket: so many requests a second on average, and a burst of as many
/// after a pause. Not thread-safe.
class TokenBucket {
  public:
    explicit TokenBucket(int per_second) : per_second_(per_second), tokens_(per_second) {}

    /// Takes a token if there is one. A clock that goes back adds none.
    [[nodiscard]] bool take(Instant now);

  private:
    int per_second_;
    double tokens_;
    std::optional<Instant> filled_at_{};
};

}  // namespace sponsio::client
