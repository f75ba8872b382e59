#include "crypto/keys/public_key.hpp"

#include "crypto/digest.hpp"
#include "crypto/keys/pkey.hpp"
#include "crypto/ossl.hpp"

#include <openssl/core_names.h>
#include <openssl/pem.h>

namespace sponsio::crypto {
namespace {

constexpr std::size_t coordinate_size = 32;

struct Curve {
    Algorithm algorithm;
    std::string_view name;  ///< of configuration
    std::string_view kty;   ///< RFC 7517
    std::string_view crv;
    char const* type;  ///< OpenSSL's
    char const* group;
};

constexpr std::array curves{
    Curve{Algorithm::es256, "es256", "EC", "P-256", "EC", "prime256v1"},
    Curve{Algorithm::ed25519, "ed25519", "OKP", "Ed25519", "ED25519", nullptr},
    Curve{Algorithm::sm2, "sm2", "EC", "SM2", "SM2", "SM2"},
};

Curve const& curve_of(Algorithm algorithm) {
    return curves[static_cast<std::size_t>(algorithm)];
}

Error refuse(std::string_view code, char const* message, std::string where = {}) {
    return {.code = code, .message = message, .where = std::move(where)};
}

Error unsupported() {
    return refuse(key_error::unsupported, "Keys are of P-256, Ed25519 or SM2.");
}

/// A public key on an EC or SM2 curve from an uncompressed point; null when the point is not on the curve.
ossl::Pkey ec_key(Curve const& curve, ByteView point) {
    ossl::QuietErrors const quiet;
    ossl::PkeyCtx const context{
        ossl::check_pointer(EVP_PKEY_CTX_new_from_name(nullptr, curve.type, nullptr), "EVP_PKEY_CTX_new")};
    // OpenSSL does not write to the parameters, though its interface lacks const.
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(curve.group), 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(point.data()),
                                          point.size()),
        OSSL_PARAM_construct_end()};
    EVP_PKEY* made = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        return nullptr;
    ossl::Pkey key{made};
    ossl::PkeyCtx const check{EVP_PKEY_CTX_new_from_pkey(nullptr, made, nullptr)};
    if (!check || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
    return key;
}

Result<Bytes> jwk_member(json::Value const& jwk, std::string_view name) {
    json::Value const* const text = jwk.find(name);
    auto const bytes = text && text->is_string() ? from_base64url(text->as_string()) : std::nullopt;
    if (!bytes || bytes->size() != coordinate_size)
        return refuse(key_error::unreadable, "This is not 32 bytes in base64url.",
                      json::pointer_step("", name));
    return *bytes;
}

}  // namespace

std::string_view name_of(Algorithm algorithm) noexcept {
    return curve_of(algorithm).name;
}

std::optional<Algorithm> algorithm_named(std::string_view name) noexcept {
    for (Curve const& c : curves)
        if (c.name == name) return c.algorithm;
    return std::nullopt;
}

PublicKey::PublicKey(Algorithm algorithm, std::shared_ptr<evp_pkey_st> key) noexcept
    : algorithm_(algorithm), key_(std::move(key)) {}

Result<PublicKey> PublicKey::from_raw(Algorithm algorithm, ByteView raw) {
    ossl::QuietErrors const quiet;
    if (algorithm == Algorithm::ed25519) {
        ossl::Pkey key{EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, raw.data(), raw.size())};
        if (!key) return refuse(key_error::unreadable, "This is not an Ed25519 public key.");
        return PublicKey(algorithm, {key.release(), EVP_PKEY_free});
    }
    if (raw.size() != 1 + 2 * coordinate_size || raw[0] != 4)
        return refuse(key_error::unreadable, "This is not an uncompressed point.");
    ossl::Pkey key = ec_key(curve_of(algorithm), raw);
    if (!key) return refuse(key_error::unreadable, "The point is not on the curve.");
    // A key of type EC on the SM2 curve would silently make ECDSA signatures.
    ossl::check(EVP_PKEY_is_a(key.get(), curve_of(algorithm).type) == 1, "making a key of the right type");
    return PublicKey(algorithm, {key.release(), EVP_PKEY_free});
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
    ossl::QuietErrors const quiet;
    if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
        return refuse(key_error::private_part, "This is a private key.");
    ossl::Bio const bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    ossl::check(bio != nullptr, "BIO_new_mem_buf");
    ossl::Pkey const key{PEM_read_bio_PUBKEY_ex(bio.get(), nullptr, nullptr, nullptr, nullptr, nullptr)};
    if (!key) return refuse(key_error::unreadable, "This is not a public key in PEM.");
    auto const algorithm = pkey::algorithm_of(key.get());
    if (!algorithm) return unsupported();
    return from_raw(*algorithm, pkey::raw_public(*algorithm, key.get()));
}

Result<PublicKey> PublicKey::from_jwk(json::Value const& jwk) {
    json::Value const* const kty = jwk.find("kty");
    json::Value const* const crv = jwk.find("crv");
    if (!kty || !kty->is_string()) return refuse(key_error::unreadable, "A JWK has a kty.", "/kty");
    if (jwk.find("d")) return refuse(key_error::private_part, "This is a private key.", "/d");
    for (Curve const& curve : curves) {
        if (kty->as_string() != curve.kty || !crv || *crv != json::Value(curve.crv)) continue;
        auto const x = jwk_member(jwk, "x");
        if (!x) return x.error();
        if (curve.algorithm == Algorithm::ed25519) return from_raw(curve.algorithm, *x);
        auto const y = jwk_member(jwk, "y");
        if (!y) return y.error();
        Bytes point{4};
        point.insert(point.end(), x->begin(), x->end());
        point.insert(point.end(), y->begin(), y->end());
        return from_raw(curve.algorithm, point);
    }
    return unsupported();
}

std::string PublicKey::to_pem() const {
    ossl::Bio const bio{ossl::check_pointer(BIO_new(BIO_s_mem()), "BIO_new")};
    ossl::check(PEM_write_bio_PUBKEY_ex(bio.get(), key_.get(), nullptr, nullptr) == 1,
                "PEM_write_bio_PUBKEY");
    return pkey::text_of(bio.get());
}

Bytes PublicKey::raw() const {
    return pkey::raw_public(algorithm_, key_.get());
}

json::Object PublicKey::to_jwk() const {
    Curve const& curve = curve_of(algorithm_);
    Bytes const bytes = raw();
    json::Object jwk{{"kty", curve.kty}, {"crv", curve.crv}};
    if (algorithm_ == Algorithm::ed25519) return std::move(jwk.add("x", to_base64url(bytes)));
    jwk.add("x", to_base64url(ByteView(bytes).subspan(1, coordinate_size)));
    jwk.add("y", to_base64url(ByteView(bytes).last(coordinate_size)));
    return jwk;
}

std::string PublicKey::thumbprint() const {
    return to_base64url(sha256(as_bytes(json::canonical(to_jwk()))));
}

bool operator==(PublicKey const& a, PublicKey const& b) {
    return a.algorithm_ == b.algorithm_ && (a.key_ == b.key_ || a.raw() == b.raw());
}

}  // namespace sponsio::crypto
