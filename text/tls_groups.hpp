#pragma once

/// The key exchanges that a peer may choose, on either side of a connection.
namespace sponsio {

/// In the words of OpenSSL and libcurl. What is not here costs whoever answers a multiple of what it costs to
/// ask: a handshake with ffdhe8192 takes a hundred times as long as one with X25519.
inline constexpr char const* tls_groups = "X25519:P-256:P-384";

}  // namespace sponsio
