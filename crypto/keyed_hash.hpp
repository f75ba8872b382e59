#pragma once

#include "crypto/digest.hpp"

#include <string_view>

namespace sponsio::crypto {

/// HMAC-SHA256 under one key for very many short texts: the key is hashed in once, not once for each text.
class KeyedHash {
  public:
    explicit KeyedHash(Digest const& key);

    /// The same as hmac_sha256(key, text).
    [[nodiscard]] Digest operator()(std::string_view text) const;

  private:
    /// SHA-256 after the one block that RFC 2104 makes of the key, inner and outer.
    struct Midstate {
        std::array<std::uint32_t, 28> words;
    };

    Midstate inner_;
    Midstate outer_;
};

}  // namespace sponsio::crypto
