#pragma once

#include "crypto/keys/signer.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace sponsio::crypto {

/// The words of token errors, in Error::code; key_error::unsupported and key_error::self_check may come too.
namespace pkcs11_error {
inline constexpr std::string_view bad_uri = "bad_pkcs11_uri";
inline constexpr std::string_view no_module = "no_pkcs11_module";  ///< it does not load or start
inline constexpr std::string_view no_token = "no_such_token";      ///< none, or several, that fit the URI
inline constexpr std::string_view no_pin = "no_token_pin";         ///< nothing says it, or its file is unfit
inline constexpr std::string_view wrong_pin = "wrong_token_pin";   ///< or the token has locked it
inline constexpr std::string_view no_key = "no_such_token_key";    ///< none, or several, that fit the URI
inline constexpr std::string_view failed = "token_failed";
}  // namespace pkcs11_error

class Pkcs11Key;

/// Signs with a key that stays in a PKCS#11 token: ES256 (CKM_ECDSA on the digest) or Ed25519 (CKM_EDDSA).
/// Signatures are made one after the other. When the session is lost, it is opened anew once.
///
/// The key is named by an RFC 7512 URI: its path says which token and which private key (`token`, `object`,
/// `id` and so on; exactly one must fit), `module-path` the library of the token. The PIN comes from the file
/// that `pin-source` names, else from the one that SPONSIO_PKCS11_PIN_FILE names, else from
/// SPONSIO_PKCS11_PIN; such a file is for its owner only. A URI with a PIN in it (`pin-value`) is refused.
class Pkcs11Signer final : public Signer {
  public:
    /// Opens the token, finds the key and the public key beside it, signs and verifies once.
    static Result<std::shared_ptr<Pkcs11Signer const>> open(std::string const& uri);
    /// Opens a key whose public key is known, so that the token need not hold that.
    static Result<std::shared_ptr<Pkcs11Signer const>> open(std::string const& uri, PublicKey const& key);

    ~Pkcs11Signer() override;

    [[nodiscard]] Algorithm algorithm() const noexcept override { return public_key_.algorithm(); }

    /// The RFC 7638 thumbprint.
    [[nodiscard]] std::string const& kid() const noexcept override { return kid_; }

    [[nodiscard]] PublicKey const& public_key() const noexcept override { return public_key_; }

    [[nodiscard]] Bytes sign(ByteView message) const override;

  private:
    Pkcs11Signer(std::string uri, PublicKey key, std::unique_ptr<Pkcs11Key> opened);
    static Result<std::shared_ptr<Pkcs11Signer const>> checked(std::string const& uri, PublicKey const& key,
                                                               std::unique_ptr<Pkcs11Key> opened);

    std::string uri_;
    PublicKey public_key_;
    std::string kid_;
    mutable std::mutex mutex_;                ///< a session does one thing at a time
    mutable std::unique_ptr<Pkcs11Key> key_;  ///< null while the token is lost
    mutable bool pin_refused_ = false;        ///< not tried again: tokens lock themselves after a few
};

}  // namespace sponsio::crypto
