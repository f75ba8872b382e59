#include "crypto/keys/seed.hpp"

#include "crypto/ossl.hpp"

namespace sponsio::crypto {
namespace {

ossl::Pkey key_of(ByteView seed) {
    return ossl::Pkey{
        ossl::check_pointer(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
                            "EVP_PKEY_new_raw_private_key")};
}

}  // namespace

Bytes ed25519_public_key(ByteView seed) {
    auto const key = key_of(seed);
    Bytes out(32);
    std::size_t size = out.size();
    ossl::check(EVP_PKEY_get_raw_public_key(key.get(), out.data(), &size) == 1 && size == out.size(),
                "EVP_PKEY_get_raw_public_key");
    return out;
}

Bytes ed25519_signature(ByteView seed, ByteView message) {
    auto const key = key_of(seed);
    ossl::MdCtx const context{ossl::check_pointer(EVP_MD_CTX_new(), "EVP_MD_CTX_new")};
    ossl::check(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1,
                "EVP_DigestSignInit");
    Bytes out(64);
    std::size_t size = out.size();
    ossl::check(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1 &&
                    size == out.size(),
                "EVP_DigestSign");
    return out;
}

}  // namespace sponsio::crypto
