#pragma once

#include "crypto/keys/public_key.hpp"
#include "text/json.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// JSON Web Key sets (RFC 7517) for checking signatures.
namespace sponsio::crypto {

/// The code of Jwks::parse(), besides those of json::error, in Error::code.
inline constexpr std::string_view bad_key_set = "bad_key_set";

/// "ES256" or "EdDSA". Throws Failure for SM2, for which JOSE has no algorithm.
std::string_view jose_name(Algorithm algorithm);

/// A public key with the time in which it signed. RFC 7517 has no members for that; `nbf` and `exp` are used
/// as in the historical keys of OpenID Federation: a retired key stays listed, so that old signatures verify.
struct PublishedKey {
    std::string kid;
    PublicKey key;
    std::optional<std::chrono::sys_seconds> not_before{};
    std::optional<std::chrono::sys_seconds> retired_at{};  ///< it signed nothing at or after that time

    /// Whether the key may have made a signature dated `at`.
    [[nodiscard]] bool signed_at(std::chrono::sys_seconds at) const noexcept;
};

class Jwks {
  public:
    Jwks() = default;
    explicit Jwks(std::vector<PublishedKey> keys);

    /// Refuses private keys, two keys of one kid, a key without kid; leaves out keys of other types.
    static Result<Jwks> parse(std::string_view text);

    /// {"keys":[...]} with kty, crv, x, y, kid, alg, use and, where set, nbf and exp. SM2 keys are left out:
    /// JOSE registers no algorithm for SM2.
    [[nodiscard]] json::Object to_json() const;
    [[nodiscard]] PublishedKey const* find(std::string_view kid) const noexcept;

    [[nodiscard]] std::vector<PublishedKey> const& keys() const noexcept { return keys_; }

    /// Looks keys up in a copy of this set.
    [[nodiscard]] KeyResolver resolver() const;

  private:
    std::vector<PublishedKey> keys_;
};

}  // namespace sponsio::crypto
