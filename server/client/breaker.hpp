#pragma once

#include "server/base/time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

/// What keeps a peer from being asked too often. Pure: the caller says what time it is.
namespace sponsio::client {

/// A circuit breaker: after some failures in a row nothing is sent for a while, then one request tries
/// whether the peer is back. Not for several threads at once.
class Breaker {
  public:
    enum class State : unsigned char { closed, open, half_open };

    Breaker(int failures_to_open, std::chrono::milliseconds pause)
        : failures_to_open_(failures_to_open), pause_(pause) {}

    /// Whether a request may go out now. In the half-open state one may; the next only after its outcome,
    /// or after another pause if that was never told.
    [[nodiscard]] bool admit(Instant now);
    /// Whether admit() would let one out; changes nothing.
    [[nodiscard]] bool ready(Instant now) const noexcept;
    void succeeded();
    void failed(Instant now);

    [[nodiscard]] State state() const noexcept { return state_; }

    /// When it opened last; nothing while it is closed.
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

/// A token bucket: so many requests a second, and as many at once after a pause. Not for several threads at
/// once.
class TokenBucket {
  public:
    explicit TokenBucket(int per_second) : per_second_(per_second), tokens_(per_second) {}

    /// Takes a token if there is one. A clock that went back gives none.
    [[nodiscard]] bool take(Instant now);

  private:
    int per_second_;
    double tokens_;
    std::optional<Instant> filled_at_{};
};

}  // namespace sponsio::client
