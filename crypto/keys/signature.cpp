#include "crypto/keys/der.hpp"
#include "crypto/keys/key.hpp"
#include "crypto/keys/pkey.hpp"
#include "crypto/keys/signer.hpp"
#include "crypto/ossl.hpp"

#include <algorithm>
#include <tuple>

/// Making and checking signatures, in the forms named at Algorithm.
namespace sponsio::crypto {
namespace {

constexpr int half_size = 32;  ///< of r and s
constexpr std::size_t raw_size = 64;

/// Null for Ed25519, which digests inside.
char const* digest_of(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::es256: return "SHA256";
        case Algorithm::sm2: return "SM3";
        case Algorithm::ed25519: break;
    }
    return nullptr;
}

/// A digest context with, for SM2, a key context that bears the identifier, which is digested together with
/// the public key before the message. It is set before the set-up, since OpenSSL refuses it as a parameter of
/// the set-up up to 3.0.19 (its pull request 30131 mended that); set in this order every 3.0 takes it
/// (EVP_PKEY-SM2(7), "EXAMPLES").
class SignatureContext {
  public:
    SignatureContext(Algorithm algorithm, EVP_PKEY* key)
        : context_(ossl::check_pointer(EVP_MD_CTX_new(), "EVP_MD_CTX_new")) {
        if (algorithm != Algorithm::sm2) return;
        key_context_.reset(
            ossl::check_pointer(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr), "EVP_PKEY_CTX_new"));
        ossl::check(EVP_PKEY_CTX_set1_id(key_context_.get(), sm2_distinguishing_id.data(),
                                         static_cast<int>(sm2_distinguishing_id.size())) == 1,
                    "EVP_PKEY_CTX_set1_id");
        EVP_MD_CTX_set_pkey_ctx(context_.get(), key_context_.get());  // which it does not take over
    }

    [[nodiscard]] EVP_MD_CTX* get() const noexcept { return context_.get(); }

  private:
    ossl::PkeyCtx key_context_;
    ossl::MdCtx context_;  ///< after the key context that it points to, so that it goes first
};

Bytes der_of(ECDSA_SIG const* signature) {
    int const size = i2d_ECDSA_SIG(signature, nullptr);
    ossl::check(size > 0, "i2d_ECDSA_SIG");
    Bytes out(static_cast<std::size_t>(size));
    std::uint8_t* at = out.data();
    i2d_ECDSA_SIG(signature, &at);
    return out;
}

ossl::EcdsaSig from_der(ByteView der) {
    std::uint8_t const* at = der.data();
    return ossl::EcdsaSig{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
}

/// r || s of a DER signature.
Bytes raw_of(ByteView der) {
    ossl::EcdsaSig const signature = from_der(der);
    ossl::check(signature != nullptr, "d2i_ECDSA_SIG");
    Bytes out(raw_size);
    ossl::check(
        BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out.data(), half_size) == half_size &&
            BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out.data() + half_size, half_size) == half_size,
        "BN_bn2binpad");
    return out;
}

Bytes der_of_raw(ByteView raw) {
    ossl::EcdsaSig const signature{ossl::check_pointer(ECDSA_SIG_new(), "ECDSA_SIG_new")};
    ossl::Bn r{BN_bin2bn(raw.data(), half_size, nullptr)};
    ossl::Bn s{BN_bin2bn(raw.data() + half_size, half_size, nullptr)};
    ossl::check(r && s && ECDSA_SIG_set0(signature.get(), r.get(), s.get()) == 1, "ECDSA_SIG_set0");
    std::ignore = r.release();
    std::ignore = s.release();
    return der_of(signature.get());
}

/// Whether it is the one DER form of two integers; OpenSSL alone would take others too.
bool is_strict_der(ByteView der) {
    ossl::EcdsaSig const signature = from_der(der);
    return signature && std::ranges::equal(der_of(signature.get()), der);
}

}  // namespace

std::optional<Bytes> raw_es256(ByteView der) {
    ossl::QuietErrors const quiet;
    if (!is_strict_der(der)) return std::nullopt;
    ossl::EcdsaSig const signature = from_der(der);
    bool const fits = BN_num_bytes(ECDSA_SIG_get0_r(signature.get())) <= half_size &&
                      BN_num_bytes(ECDSA_SIG_get0_s(signature.get())) <= half_size &&
                      !BN_is_negative(ECDSA_SIG_get0_r(signature.get())) &&
                      !BN_is_negative(ECDSA_SIG_get0_s(signature.get()));
    return fits ? std::optional(raw_of(der)) : std::nullopt;
}

bool PublicKey::verify(ByteView message, ByteView signature) const {
    ossl::QuietErrors const quiet;
    Bytes der;
    if (algorithm_ == Algorithm::es256) {
        if (signature.size() != raw_size) return false;
        der = der_of_raw(signature);
        signature = der;
    } else if (algorithm_ == Algorithm::sm2 && !is_strict_der(signature)) {
        return false;
    }
    SignatureContext const context(algorithm_, key_.get());
    ossl::check(EVP_DigestVerifyInit_ex(context.get(), nullptr, digest_of(algorithm_), nullptr, nullptr,
                                        key_.get(), nullptr) == 1,
                "EVP_DigestVerifyInit");
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                            message.size()) == 1;
}

Bytes PrivateKey::sign(ByteView message) const {
    SignatureContext const context(algorithm(), key_.get());
    ossl::check(EVP_DigestSignInit_ex(context.get(), nullptr, digest_of(algorithm()), nullptr, nullptr,
                                      key_.get(), nullptr) == 1,
                "EVP_DigestSignInit");
    // One call: Ed25519 offers no other way, and the size of an SM2 signature is not known before.
    Bytes out(80);
    std::size_t size = out.size();
    ossl::check(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1,
                "EVP_DigestSign");
    out.resize(size);
    return algorithm() == Algorithm::es256 ? raw_of(out) : out;
}

KeySigner::KeySigner(PrivateKey key) : key_(std::move(key)), kid_(key_.public_key().thumbprint()) {}

KeySigner::KeySigner(PrivateKey key, std::string kid) : key_(std::move(key)), kid_(std::move(kid)) {}

}  // namespace sponsio::crypto
