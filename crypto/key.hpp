#pragma once

#include "crypto/public_key.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sponsio::crypto {

/// Only signers and the key store hold one.
class PrivateKey {
  public:
    static PrivateKey generate(Algorithm algorithm);
    /// Encrypted PKCS#8 (RFC 5958) in PEM. A key that is not encrypted is refused. Signs and verifies once
    /// before it is returned.
    static Result<PrivateKey> from_pem(std::string_view pem, ByteView passphrase);
    /// PBES2 with scrypt (RFC 7914: N = `cost`, r = 8, p = 1) and AES-256-CBC, as `openssl pkcs8` reads it.
    [[nodiscard]] std::string to_pem(ByteView passphrase, std::uint64_t cost = default_cost) const;

    [[nodiscard]] Algorithm algorithm() const noexcept { return public_key_.algorithm(); }

    [[nodiscard]] PublicKey const& public_key() const noexcept { return public_key_; }

    /// In the form named at Algorithm. Throws Failure.
    [[nodiscard]] Bytes sign(ByteView message) const;

    static constexpr std::uint64_t default_cost = 1 << 15;

  private:
    explicit PrivateKey(PublicKey public_key, std::shared_ptr<evp_pkey_st> key) noexcept;
    static Result<PrivateKey> adopt(std::shared_ptr<evp_pkey_st> key);

    PublicKey public_key_;
    std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace sponsio::crypto
