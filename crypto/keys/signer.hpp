#pragma once

#include "crypto/keys/key.hpp"

#include <string>

namespace sponsio::crypto {

/// A private key as issuing and log services see it. A seam: a token or a test may stand behind it.
class Signer {
  public:
    virtual ~Signer() = default;
    [[nodiscard]] virtual Algorithm algorithm() const noexcept = 0;
    [[nodiscard]] virtual std::string const& kid() const noexcept = 0;
    [[nodiscard]] virtual PublicKey const& public_key() const noexcept = 0;
    /// The signature in the form named at Algorithm. May be called from any thread. Throws Failure.
    [[nodiscard]] virtual Bytes sign(ByteView message) const = 0;
};

/// Signs with a key in memory. The key id is the RFC 7638 thumbprint unless given.
class KeySigner final : public Signer {
  public:
    explicit KeySigner(PrivateKey key);
    KeySigner(PrivateKey key, std::string kid);

    [[nodiscard]] Algorithm algorithm() const noexcept override { return key_.algorithm(); }

    [[nodiscard]] std::string const& kid() const noexcept override { return kid_; }

    [[nodiscard]] PublicKey const& public_key() const noexcept override { return key_.public_key(); }

    [[nodiscard]] Bytes sign(ByteView message) const override { return key_.sign(message); }

  private:
    PrivateKey key_;
    std::string kid_;
};

}  // namespace sponsio::crypto
