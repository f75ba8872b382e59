#pragma once

#include "text/bytes.hpp"
#include "text/json.hpp"
#include "text/result.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

extern "C" struct evp_pkey_st;

namespace sponsio::crypto {

enum class Algorithm : std::uint8_t {
    es256,    ///< ECDSA on P-256 with SHA-256; signatures are r || s, 64 bytes (RFC 7518 §3.4)
    ed25519,  ///< RFC 8032; 64 bytes
    sm2,      ///< SM2 with SM3 (GB/T 32918.2-2016); signatures are DER (GB/T 35276-2017), at most 72 bytes
};

/// "es256", "ed25519", "sm2": the spelling of configuration and manifests.
std::string_view name_of(Algorithm algorithm) noexcept;
std::optional<Algorithm> algorithm_named(std::string_view name) noexcept;

/// The distinguishing identifier of every SM2 signature made or checked here: the default of GM/T 0009-2012
/// §10. OpenSSL 3.0 would use an empty one, which no other product accepts.
inline constexpr std::string_view sm2_distinguishing_id = "1234567812345678";

/// The words of key errors, in Error::code.
namespace key_error {
inline constexpr std::string_view unreadable = "unreadable_key";    ///< not the promised PEM or JWK
inline constexpr std::string_view unsupported = "unsupported_key";  ///< another type or curve
inline constexpr std::string_view private_part = "private_key";     ///< a public key was expected
inline constexpr std::string_view wrong_passphrase = "wrong_passphrase";
inline constexpr std::string_view self_check = "key_self_check";  ///< the halves do not belong together
}  // namespace key_error

/// Copies share the key; may be used from several threads.
class PublicKey {
  public:
    /// SubjectPublicKeyInfo in PEM (RFC 7468 §13). An SM2 key may name its type `SM2` or `EC` with the SM2
    /// curve; both become SM2.
    static Result<PublicKey> from_pem(std::string_view pem);
    /// RFC 7517: kty EC with crv P-256 (RFC 7518) or SM2 (private use), kty OKP with crv Ed25519 (RFC 8037).
    /// Refuses a key with a private part and a point that is not on the curve.
    static Result<PublicKey> from_jwk(json::Value const& jwk);
    /// Takes 32 bytes for Ed25519, 65 bytes (uncompressed point) for the curves.
    static Result<PublicKey> from_raw(Algorithm algorithm, ByteView raw);

    [[nodiscard]] Algorithm algorithm() const noexcept { return algorithm_; }

    [[nodiscard]] std::string to_pem() const;
    /// The members that define the key and no others: kty, crv, x, y.
    [[nodiscard]] json::Object to_jwk() const;
    [[nodiscard]] Bytes raw() const;
    /// RFC 7638 with SHA-256, base64url: 43 characters.
    [[nodiscard]] std::string thumbprint() const;

    /// False unless the signature is good and in the exact form named at Algorithm.
    [[nodiscard]] bool verify(ByteView message, ByteView signature) const;

    /// Equal when algorithm and point are equal.
    friend bool operator==(PublicKey const& a, PublicKey const& b);

  private:
    friend class PrivateKey;
    PublicKey(Algorithm algorithm, std::shared_ptr<evp_pkey_st> key) noexcept;
    static Result<PublicKey> adopt(std::shared_ptr<evp_pkey_st> key);

    Algorithm algorithm_;
    std::shared_ptr<evp_pkey_st> key_;
};

/// The public key of a key id, if it is known.
using KeyResolver = std::function<std::optional<PublicKey>(std::string_view kid)>;

}  // namespace sponsio::crypto
