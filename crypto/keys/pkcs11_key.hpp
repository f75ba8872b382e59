#pragma once

#include "crypto/keys/public_key.hpp"

#include <memory>
#include <string>

/// A private key in a token, with a session of its own. Internal to this room.
namespace sponsio::crypto {

class Pkcs11Key {
  public:
    /// Errors have the words of pkcs11_error.
    static Result<std::unique_ptr<Pkcs11Key>> open(std::string const& uri);

    Pkcs11Key(Pkcs11Key const&) = delete;
    Pkcs11Key& operator=(Pkcs11Key const&) = delete;
    ~Pkcs11Key();

    /// The public key, from the public key object of the same CKA_ID.
    [[nodiscard]] Result<PublicKey> public_key() const;
    /// The signature in the form named at Algorithm. The error quotes the token's return value.
    [[nodiscard]] Result<Bytes> sign(Algorithm algorithm, ByteView message) const;

  private:
    struct Session;
    explicit Pkcs11Key(std::unique_ptr<Session> session) noexcept;

    std::unique_ptr<Session> session_;
};

}  // namespace sponsio::crypto
