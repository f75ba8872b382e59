#include "crypto/keys/wrap.hpp"

#include "crypto/ossl.hpp"

#include <openssl/modes.h>

namespace sponsio::crypto {
namespace {

constexpr std::size_t check_size = 8;
constexpr std::size_t max_wrapped = 4096;

/// A single-block cipher for OpenSSL's own RFC 3394 code. Its cipher AES-256-WRAP in OpenSSL 3.0 uses
/// table-based AES: slower, and open to timing attacks. This one uses the processor's AES.
EVP_CIPHER const* cipher() {
    static EVP_CIPHER const* const fetched =
        ossl::check_pointer(EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr), "fetching AES-256-ECB");
    return fetched;
}

struct Blocks {
    Blocks(ByteView key, int encrypt) : context(EVP_CIPHER_CTX_new()) {
        if (key.size() != 32) throw Failure("a wrapping key is not 32 bytes long");
        ossl::check(
            context &&
                EVP_CipherInit_ex2(context.get(), cipher(), key.data(), nullptr, encrypt, nullptr) == 1 &&
                EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1,
            "AES key wrap");
    }

    ossl::CipherCtx context;
    bool failed = false;  ///< C calls it, so it does not throw
};

void one_block(std::uint8_t const* in, std::uint8_t* out, void const* key) {
    auto& aes = *static_cast<Blocks*>(const_cast<void*>(key));
    int size = 0;
    if (EVP_CipherUpdate(aes.context.get(), out, &size, in, 16) != 1 || size != 16) aes.failed = true;
}

}  // namespace

Bytes wrap_key(ByteView key, ByteView wrapping_key) {
    Blocks aes(wrapping_key, 1);
    Bytes out(key.size() + check_size);
    auto const size = CRYPTO_128_wrap(&aes, nullptr, out.data(), key.data(), key.size(), one_block);
    ossl::check(!aes.failed && size == out.size(), "AES key wrap");
    return out;
}

std::optional<Secret> unwrap_key(ByteView wrapped, ByteView wrapping_key) {
    if (wrapped.size() < 3 * check_size || wrapped.size() > max_wrapped || wrapped.size() % check_size != 0)
        return std::nullopt;
    Blocks aes(wrapping_key, 0);
    Secret key{Bytes(wrapped.size() - check_size)};
    auto const size =
        CRYPTO_128_unwrap(&aes, nullptr, key.writable().data(), wrapped.data(), wrapped.size(), one_block);
    ossl::check(!aes.failed, "AES key unwrap");
    if (size != key.size()) return std::nullopt;
    return key;
}

}  // namespace sponsio::crypto
