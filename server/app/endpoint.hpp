#pragma once

#include "server/base/fault.hpp"

#include <cstdint>
#include <string>

namespace sponsio::app {

struct Endpoint {
    std::string host;  ///< an address: 127.0.0.1, ::1, 0.0.0.0
    std::uint16_t port = 0;

    /// "127.0.0.1:8443" or "[::1]:8443"; port 0 is any free one.
    static Outcome<Endpoint> parse(std::string const& text);
    [[nodiscard]] std::string text() const;
};

/// The endpoint with port 0 replaced by a port that is free now, so that a server's own address is known
/// while it is wired. Refused with a sentence if the address is not one of this machine.
Outcome<Endpoint> with_free_port(Endpoint endpoint);

}  // namespace sponsio::app
