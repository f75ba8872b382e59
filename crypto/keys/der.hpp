#pragma once

#include "text/bytes.hpp"

#include <optional>

namespace sponsio::crypto {

/// r || s, 64 bytes, as PublicKey::verify takes it, of an ECDSA signature on P-256 in DER, as authenticators
/// make it (WebAuthn Level 2 §6.5.6). Nothing unless it is the one DER form of two numbers of that size.
std::optional<Bytes> raw_es256(ByteView der);

}  // namespace sponsio::crypto
