#pragma once

#include "crypto/secret.hpp"
#include "text/bytes.hpp"

#include <optional>

/// AES-256 key wrap (RFC 3394). It needs no nonce, so one key may wrap many others. Internal to this room.
namespace sponsio::crypto {

/// The wrapped key, eight bytes longer than `key`, whose length is a multiple of 8 and at least 16.
/// `wrapping_key` has 32 bytes.
Bytes wrap_key(ByteView key, ByteView wrapping_key);

/// Nothing when the wrapped key was altered or wrapped by another key.
std::optional<Secret> unwrap_key(ByteView wrapped, ByteView wrapping_key);

}  // namespace sponsio::crypto
