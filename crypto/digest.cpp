#include "crypto/digest.hpp"

#include "crypto/ossl.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>

namespace sponsio::crypto {
namespace {

EVP_MD_CTX* thread_digest_context() {
    thread_local ossl::MdCtx const context{ossl::check_pointer(EVP_MD_CTX_new(), "EVP_MD_CTX_new")};
    return context.get();
}

template <class Parts>
Digest digest(EVP_MD const* md, Parts const& parts) {
    EVP_MD_CTX* const context = thread_digest_context();
    Digest out;
    bool good = EVP_DigestInit_ex2(context, md, nullptr) == 1;
    for (ByteView const part : parts) good = good && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
    good = good && EVP_DigestFinal_ex(context, out.data(), nullptr) == 1;
    ossl::check(good, "digest");
    return out;
}

EVP_MAC_CTX* new_hmac_context() {
    static EVP_MAC* const mac = ossl::check_pointer(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "fetching HMAC");
    char name[] = "SHA256";
    OSSL_PARAM const parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                     OSSL_PARAM_construct_end()};
    ossl::MacCtx context{ossl::check_pointer(EVP_MAC_CTX_new(mac), "EVP_MAC_CTX_new")};
    ossl::check(EVP_MAC_CTX_set_params(context.get(), parameters) == 1, "EVP_MAC_CTX_set_params");
    return context.release();
}

}  // namespace

Digest sha256(ByteView data) {
    return digest(ossl::sha256(), std::array{data});
}

Digest sha256(std::initializer_list<ByteView> parts) {
    return digest(ossl::sha256(), parts);
}

Digest sm3(ByteView data) {
    return digest(ossl::sm3(), std::array{data});
}

Digest hmac_sha256(ByteView key, std::initializer_list<ByteView> parts) {
    thread_local ossl::MacCtx const context{new_hmac_context()};
    // A null key would make OpenSSL reuse the key of the last call.
    static constexpr std::uint8_t empty_key = 0;
    Digest out;
    std::size_t length = 0;
    bool good = EVP_MAC_init(context.get(), key.empty() ? &empty_key : key.data(), key.size(), nullptr) == 1;
    for (ByteView const part : parts)
        good = good && EVP_MAC_update(context.get(), part.data(), part.size()) == 1;
    good = good && EVP_MAC_final(context.get(), out.data(), &length, out.size()) == 1;
    ossl::check(good && length == out.size(), "HMAC");
    return out;
}

Digest hmac_sha256(ByteView key, ByteView data) {
    return hmac_sha256(key, {data});
}

Secret hkdf_sha256(ByteView secret, ByteView salt, ByteView info, std::size_t length) {
    static EVP_KDF* const kdf = ossl::check_pointer(EVP_KDF_fetch(nullptr, "HKDF", nullptr), "fetching HKDF");
    ossl::KdfCtx const context{ossl::check_pointer(EVP_KDF_CTX_new(kdf), "EVP_KDF_CTX_new")};
    char name[] = "SHA256";
    // OpenSSL does not write to the parameters, though its interface lacks const.
    auto const octets = [](char const* key, ByteView bytes) {
        static std::uint8_t nothing = 0;
        void* const data = bytes.empty() ? &nothing : const_cast<std::uint8_t*>(bytes.data());
        return OSSL_PARAM_construct_octet_string(key, data, bytes.size());
    };
    OSSL_PARAM const parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name, 0),
                                     octets(OSSL_KDF_PARAM_KEY, secret), octets(OSSL_KDF_PARAM_SALT, salt),
                                     octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
    Secret out{Bytes(length)};
    ossl::check(EVP_KDF_derive(context.get(), out.writable().data(), length, parameters) == 1, "HKDF");
    return out;
}

std::optional<Digest> as_digest(std::optional<Bytes> const& decoded) {
    Digest digest;
    if (!decoded || decoded->size() != digest.size()) return std::nullopt;
    std::ranges::copy(*decoded, digest.begin());
    return digest;
}

struct Hasher::State {
    EVP_MD const* md;
    ossl::MdCtx context;
};

Hasher::Hasher(Kind kind)
    : state_(new State{kind == Kind::sha256 ? ossl::sha256() : ossl::sm3(),
                       ossl::MdCtx{ossl::check_pointer(EVP_MD_CTX_new(), "EVP_MD_CTX_new")}}) {
    ossl::check(EVP_DigestInit_ex2(state_->context.get(), state_->md, nullptr) == 1, "digest");
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(ByteView data) {
    ossl::check(EVP_DigestUpdate(state_->context.get(), data.data(), data.size()) == 1, "digest");
}

Digest Hasher::finish() {
    Digest out;
    ossl::check(EVP_DigestFinal_ex(state_->context.get(), out.data(), nullptr) == 1 &&
                    EVP_DigestInit_ex2(state_->context.get(), state_->md, nullptr) == 1,
                "digest");
    return out;
}

}  // namespace sponsio::crypto
