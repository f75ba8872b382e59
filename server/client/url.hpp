#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::client {

/// The parts of an https URL that a request needs.
struct Url {
    std::string host;       ///< a name, or an address without brackets
    std::uint16_t port;     ///< 443 unless given
    std::string authority;  ///< as the Host field says it
    std::string target;     ///< path and query, as written
};

/// Nothing unless it is an https URL with a host, without user information and without a fragment.
[[nodiscard]] std::optional<Url> parse_https_url(std::string_view text);

}  // namespace sponsio::client
