#pragma once

#include <curl/curl.h>

namespace sponsio::client {

/// Whether the whole internet reaches the address: neither of the machine itself, of a link, a private or a
/// shared network, nor for documentation, tests, translation or groups (IANA special-purpose address
/// registries, RFC 6890).
[[nodiscard]] bool is_public(sockaddr const& address) noexcept;

}  // namespace sponsio::client
