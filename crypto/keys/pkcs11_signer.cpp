#include "crypto/keys/pkcs11_signer.hpp"

#include "crypto/keys/pkcs11_key.hpp"

namespace sponsio::crypto {

Pkcs11Signer::Pkcs11Signer(std::string uri, PublicKey key, std::unique_ptr<Pkcs11Key> opened)
    : uri_(std::move(uri)),
      public_key_(std::move(key)),
      kid_(public_key_.thumbprint()),
      key_(std::move(opened)) {}

Pkcs11Signer::~Pkcs11Signer() = default;

Result<std::shared_ptr<Pkcs11Signer const>> Pkcs11Signer::open(std::string const& uri) {
    auto opened = Pkcs11Key::open(uri);
    if (!opened) return std::move(opened).error();
    auto const key = (*opened)->public_key();
    if (!key) return key.error();
    return checked(uri, *key, std::move(*opened));
}

Result<std::shared_ptr<Pkcs11Signer const>> Pkcs11Signer::open(std::string const& uri, PublicKey const& key) {
    if (key.algorithm() == Algorithm::sm2)
        return Error{.code = key_error::unsupported, .message = "Keys in tokens are of P-256 or Ed25519."};
    auto opened = Pkcs11Key::open(uri);
    if (!opened) return std::move(opened).error();
    return checked(uri, key, std::move(*opened));
}

Result<std::shared_ptr<Pkcs11Signer const>> Pkcs11Signer::checked(std::string const& uri,
                                                                  PublicKey const& key,
                                                                  std::unique_ptr<Pkcs11Key> opened) {
    ByteView const probe = as_bytes("sponsio key self-check");
    auto const signature = opened->sign(key.algorithm(), probe);
    if (!signature) return signature.error();
    if (!key.verify(probe, *signature))
        return Error{.code = key_error::self_check,
                     .message = "The key in the token does not belong to the public key."};
    return std::shared_ptr<Pkcs11Signer const>(new Pkcs11Signer(uri, key, std::move(opened)));
}

Bytes Pkcs11Signer::sign(ByteView message) const {
    std::scoped_lock const lock(mutex_);
    if (key_) {
        if (auto signature = key_->sign(algorithm(), message)) return *std::move(signature);
        key_.reset();
    }
    if (pin_refused_) throw Failure("a PKCS#11 token has refused the PIN");
    auto opened = Pkcs11Key::open(uri_);
    if (!opened) {
        pin_refused_ = opened.error().code == pkcs11_error::wrong_pin;
        throw Failure("a PKCS#11 token is lost: " + opened.error().message);
    }
    auto signature = (*opened)->sign(algorithm(), message);
    if (!signature) throw Failure("a PKCS#11 token does not sign: " + signature.error().message);
    if (!public_key_.verify(message, *signature)) throw Failure("a PKCS#11 token has another key now");
    key_ = std::move(*opened);
    return *std::move(signature);
}

}  // namespace sponsio::crypto
