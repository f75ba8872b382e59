#pragma once

#include "server/client/https_client.hpp"

#include <chrono>
#include <optional>

namespace sponsio::client {

/// A peer that says "never again" must not be believed for ever.
inline constexpr std::chrono::seconds longest_retry_after = std::chrono::hours(24);

/// How long the peer wants to be left alone, counted from when its answer came: seconds or a date
/// (RFC 9110 §10.2.3, dates in all three forms of §5.6.7), at most `longest_retry_after`. A date is measured
/// against the peer's own Date, where it sent one, so that it does not matter whose clock is wrong. Nothing
/// where the answer does not say, or says something that is neither.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(Answer const& answer);

}  // namespace sponsio::client
