#pragma once

#include "text/bytes.hpp"

/// An Ed25519 private key as the 32 bytes of its seed (RFC 8032 §5.1.5), for whoever keeps it sealed among
/// other secrets and needs it for one signature. They throw Failure for another length.
namespace sponsio::crypto {

Bytes ed25519_public_key(ByteView seed);                   ///< 32 bytes
Bytes ed25519_signature(ByteView seed, ByteView message);  ///< 64 bytes

}  // namespace sponsio::crypto
