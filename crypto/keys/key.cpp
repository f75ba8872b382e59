#include "crypto/keys/key.hpp"

#include "crypto/keys/pkey.hpp"
#include "crypto/ossl.hpp"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <tuple>

namespace sponsio::crypto {
namespace {

using Pkcs8 = ossl::Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using Encrypted = ossl::Owned<X509_SIG, X509_SIG_free>;
using Scheme = ossl::Owned<X509_ALGOR, X509_ALGOR_free>;

char const* text_of_passphrase(ByteView passphrase) {
    return reinterpret_cast<char const*>(passphrase.data());
}

}  // namespace

PrivateKey::PrivateKey(PublicKey public_key, std::shared_ptr<evp_pkey_st> key) noexcept
    : public_key_(std::move(public_key)), key_(std::move(key)) {}

PrivateKey PrivateKey::generate(Algorithm algorithm) {
    EVP_PKEY* made = nullptr;
    switch (algorithm) {
        case Algorithm::es256: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"); break;
        case Algorithm::ed25519: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
        case Algorithm::sm2: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"); break;
    }
    ossl::check(made != nullptr, "making a key");
    return adopt({made, EVP_PKEY_free}).value();
}

Result<PrivateKey> PrivateKey::adopt(std::shared_ptr<evp_pkey_st> key) {
    ossl::QuietErrors const quiet;
    auto const algorithm = pkey::algorithm_of(key.get());
    // A key of type EC on the SM2 curve would silently make ECDSA signatures.
    if (!algorithm || (*algorithm == Algorithm::sm2 && !EVP_PKEY_is_a(key.get(), "SM2")))
        return Error{.code = key_error::unsupported, .message = "Keys are of P-256, Ed25519 or SM2."};
    auto public_key = PublicKey::from_raw(*algorithm, pkey::raw_public(*algorithm, key.get()));
    if (!public_key) return public_key.error();
    PrivateKey made(*std::move(public_key), std::move(key));
    ByteView const probe = as_bytes("sponsio key self-check");
    if (!made.public_key().verify(probe, made.sign(probe)))
        return Error{.code = key_error::self_check, .message = "The key does not verify its own signature."};
    return made;
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem, ByteView passphrase) {
    ossl::QuietErrors const quiet;
    ossl::Bio const bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    ossl::check(bio != nullptr, "BIO_new_mem_buf");
    Encrypted const encrypted{PEM_read_bio_PKCS8(bio.get(), nullptr, nullptr, nullptr)};
    if (!encrypted)
        return Error{.code = key_error::unreadable,
                     .message = "This is not an encrypted private key in PEM (PKCS#8)."};
    Pkcs8 const plain{
        PKCS8_decrypt(encrypted.get(), text_of_passphrase(passphrase), static_cast<int>(passphrase.size()))};
    if (!plain)
        return Error{.code = key_error::wrong_passphrase,
                     .message = "The passphrase is wrong, or the key is damaged."};
    ossl::Pkey key{EVP_PKCS82PKEY_ex(plain.get(), nullptr, nullptr)};
    if (!key) return Error{.code = key_error::unreadable, .message = "The private key cannot be read."};
    return adopt({key.release(), EVP_PKEY_free});
}

std::string PrivateKey::to_pem(ByteView passphrase, ScryptCost cost) const {
    Scheme scheme{ossl::check_pointer(
        PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 16, nullptr, cost.n, 8, cost.p), "scrypt set-up")};
    Pkcs8 const plain{ossl::check_pointer(EVP_PKEY2PKCS8(key_.get()), "EVP_PKEY2PKCS8")};
    Encrypted const encrypted{
        ossl::check_pointer(PKCS8_set0_pbe(text_of_passphrase(passphrase),
                                           static_cast<int>(passphrase.size()), plain.get(), scheme.get()),
                            "encrypting a private key")};
    std::ignore = scheme.release();  // now owned by `encrypted`
    ossl::Bio const bio{ossl::check_pointer(BIO_new(BIO_s_mem()), "BIO_new")};
    ossl::check(PEM_write_bio_PKCS8(bio.get(), encrypted.get()) == 1, "PEM_write_bio_PKCS8");
    return pkey::text_of(bio.get());
}

}  // namespace sponsio::crypto
