#include "crypto/key.hpp"
#include "crypto/ossl.hpp"
#include "crypto/pkey.hpp"
#include "crypto/signer.hpp"

#include <openssl/core_names.h>

#include <algorithm>
#include <tuple>

/// Making and checking signatures, in the forms named at Algorithm.
namespace sponsio::crypto {
namespace {

constexpr int half_size = 32;  ///< of r and s
constexpr std::size_t raw_size = 64;

/// The SM2 identifier; for other algorithms nothing. To be given when a signature context is set up: OpenSSL
/// digests it together with the public key before the message.
struct SignatureParameters {
    explicit SignatureParameters(Algorithm algorithm) {
        if (algorithm != Algorithm::sm2) return;
        // Not written to; the interface has no const.
        list[0] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID,
                                                    const_cast<char*>(sm2_distinguishing_id.data()),
                                                    sm2_distinguishing_id.size());
    }

    OSSL_PARAM list[2] = {OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
};

/// Null for Ed25519, which digests inside.
char const* digest_of(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::es256: return "SHA256";
        case Algorithm::sm2: return "SM3";
        case Algorithm::ed25519: break;
    }
    return nullptr;
}

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
    SignatureParameters const parameters(algorithm_);
    ossl::MdCtx const context{ossl::check_pointer(EVP_MD_CTX_new(), "EVP_MD_CTX_new")};
    ossl::check(EVP_DigestVerifyInit_ex(context.get(), nullptr, digest_of(algorithm_), nullptr, nullptr,
                                        key_.get(), parameters.list) == 1,
                "EVP_DigestVerifyInit");
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                            message.size()) == 1;
}

Bytes PrivateKey::sign(ByteView message) const {
    SignatureParameters const parameters(algorithm());
    ossl::MdCtx const context{ossl::check_pointer(EVP_MD_CTX_new(), "EVP_MD_CTX_new")};
    ossl::check(EVP_DigestSignInit_ex(context.get(), nullptr, digest_of(algorithm()), nullptr, nullptr,
                                      key_.get(), parameters.list) == 1,
                "EVP_DigestSignInit");
    // In one call: Ed25519 has no other way, and the size of an SM2 signature is not known before.
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
