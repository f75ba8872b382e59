#pragma once

#include "crypto/keys/public_key.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sponsio::crypto {

/// The cost of trying one passphrase: N and p of RFC 7914 (r is 8). OpenSSL allows N up to 2^14.
struct ScryptCost {
    std::uint64_t n = 1 << 14;
    std::uint64_t p = 5;
};

/// For a passphrase of 256 random bits, which nobody finds by trying: stretching it would only delay every
/// start.
inline constexpr ScryptCost random_passphrase_cost{.n = 1 << 4, .p = 1};

/// A private key in memory; only signers and the key store hold one.
class PrivateKey {
  public:
    static PrivateKey generate(Algorithm algorithm);
    /// Encrypted PKCS#8 (RFC 5958) in PEM. A key that is not encrypted is refused. Signs and verifies once
    /// before it is returned.
    static Result<PrivateKey> from_pem(std::string_view pem, ByteView passphrase);
    /// PBES2 with scrypt and AES-256-CBC, as `openssl pkey` reads it.
    [[nodiscard]] std::string to_pem(ByteView passphrase, ScryptCost cost = {}) const;

    [[nodiscard]] Algorithm algorithm() const noexcept { return public_key_.algorithm(); }

    [[nodiscard]] PublicKey const& public_key() const noexcept { return public_key_; }

    /// The signature in the form named at Algorithm. Throws Failure.
    [[nodiscard]] Bytes sign(ByteView message) const;

  private:
    explicit PrivateKey(PublicKey public_key, std::shared_ptr<evp_pkey_st> key) noexcept;
    static Result<PrivateKey> adopt(std::shared_ptr<evp_pkey_st> key);

    PublicKey public_key_;
    std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace sponsio::crypto
