#pragma once

#include "server/client/https_client.hpp"

#include <chrono>
#include <optional>

namespace sponsio::client {

/// The upper limit of a wait, so that no answer can keep a peer from being asked for ever.
inline constexpr std::chrono::seconds longest_retry_after = std::chrono::hours(24);

/// The wait that the peer asks for, counted from its answer: seconds or a date (RFC 9110 §10.2.3, dates in
/// all three forms of §5.6.7), at most `longest_retry_after`. A date is compared with the peer's own Date
/// field, if there is one, so that a wrong clock on either side does not matter. Nothing if the field is
/// missing or malformed.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(Answer const& answer);

}  // namespace sponsio::client
