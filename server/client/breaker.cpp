#include "server/client/breaker.hpp"

#include <algorithm>

namespace sponsio::client {

bool Breaker::ready(Instant now) const noexcept {
    return state_ == State::closed || now >= next_probe_;
}

bool Breaker::admit(Instant now) {
    if (!ready(now)) return false;
    if (state_ == State::closed) return true;
    state_ = State::half_open;
    next_probe_ = now + pause_;
    return true;
}

void Breaker::succeeded() {
    state_ = State::closed;
    failures_ = 0;
    open_since_.reset();
}

void Breaker::failed(Instant now) {
    ++failures_;
    if (state_ == State::closed && failures_ < failures_to_open_) return;
    if (!open_since_) open_since_ = now;
    state_ = State::open;
    next_probe_ = now + pause_;
}

std::string_view name(Breaker::State state) {
    switch (state) {
        case Breaker::State::closed: return "closed";
        case Breaker::State::open: return "open";
        case Breaker::State::half_open: break;
    }
    return "half_open";
}

bool TokenBucket::take(Instant now) {
    if (!filled_at_) filled_at_ = now;
    if (now > *filled_at_) {
        std::chrono::duration<double> const passed = now - *filled_at_;
        tokens_ = std::min<double>(per_second_, tokens_ + passed.count() * per_second_);
        filled_at_ = now;
    }
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
}

}  // namespace sponsio::client
