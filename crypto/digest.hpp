#pragma once

#include "crypto/secret.hpp"
#include "text/bytes.hpp"

#include <array>
#include <initializer_list>
#include <memory>
#include <optional>

namespace sponsio::crypto {

/// SHA-256, SM3 and HMAC-SHA-256 all give 32 bytes.
using Digest = std::array<std::uint8_t, 32>;

/// Decoded bytes as a digest; nothing unless there are exactly 32.
std::optional<Digest> as_digest(std::optional<Bytes> const& decoded);

Digest sha256(ByteView data);                          ///< FIPS 180-4
Digest sha256(std::initializer_list<ByteView> parts);  ///< of the parts in a row
Digest sm3(ByteView data);                             ///< GB/T 32905-2016
Digest hmac_sha256(ByteView key, ByteView data);       ///< RFC 2104
Digest hmac_sha256(ByteView key, std::initializer_list<ByteView> parts);

/// RFC 5869 with SHA-256; `length` at most 8160 bytes.
Secret hkdf_sha256(ByteView secret, ByteView salt, ByteView info, std::size_t length);

/// A digest of data that comes piece by piece.
class Hasher {
  public:
    enum class Kind : std::uint8_t { sha256, sm3 };

    explicit Hasher(Kind kind);
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    ~Hasher();

    void update(ByteView data);
    /// The digest of everything added so far; the hasher starts anew.
    Digest finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sponsio::crypto
