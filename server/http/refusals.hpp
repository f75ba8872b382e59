#pragma once

#include "server/http/rate.hpp"
#include "server/http/router.hpp"

#include <cstddef>
#include <string>

/// What a connection refuses before a handler sees the request.
namespace sponsio::http {

[[nodiscard]] Fault too_slow();
[[nodiscard]] Fault no_such_path();
[[nodiscard]] Fault other_media_type(Route const& route);
[[nodiscard]] Fault packed_body();
/// For a peer that speaks HTTP without TLS.
[[nodiscard]] Fault bare_http();
/// By a rate that is used up.
[[nodiscard]] Fault too_often(RateLimiter::State const& state);
/// `most`: requests of one organisation.
[[nodiscard]] Fault too_many_at_once(std::size_t most);
/// `most`: bytes of bodies and answers of one account.
[[nodiscard]] Fault too_much_at_once(std::size_t most);

/// For the field Accept.
[[nodiscard]] std::string accepted_types(Route const& route);

}  // namespace sponsio::http
