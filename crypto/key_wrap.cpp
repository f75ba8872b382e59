#include "crypto/key_wrap.hpp"

#include "crypto/ossl.hpp"

namespace sponsio::crypto {
namespace {

constexpr std::size_t check_size = 8;

EVP_CIPHER const* cipher() {
    static EVP_CIPHER const* const fetched =
        ossl::check_pointer(EVP_CIPHER_fetch(nullptr, "AES-256-WRAP", nullptr), "fetching AES-256-WRAP");
    return fetched;
}

ossl::CipherCtx new_context(ByteView wrapping_key) {
    if (wrapping_key.size() != 32) throw Failure("a wrapping key is not 32 bytes long");
    ossl::CipherCtx context{ossl::check_pointer(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new")};
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    return context;
}

}  // namespace

Bytes wrap_key(ByteView key, ByteView wrapping_key) {
    auto const context = new_context(wrapping_key);
    Bytes out(key.size() + check_size);
    int size = 0;
    ossl::check(EVP_EncryptInit_ex2(context.get(), cipher(), wrapping_key.data(), nullptr, nullptr) == 1 &&
                    EVP_EncryptUpdate(context.get(), out.data(), &size, key.data(),
                                      static_cast<int>(key.size())) == 1 &&
                    size == static_cast<int>(out.size()),
                "AES key wrap");
    return out;
}

std::optional<Secret> unwrap_key(ByteView wrapped, ByteView wrapping_key) {
    ossl::QuietErrors const quiet;
    if (wrapped.size() < 3 * check_size || wrapped.size() > 4096 || wrapped.size() % check_size != 0)
        return std::nullopt;
    auto const context = new_context(wrapping_key);
    ossl::check(EVP_DecryptInit_ex2(context.get(), cipher(), wrapping_key.data(), nullptr, nullptr) == 1,
                "AES key unwrap");
    Secret key{Bytes(wrapped.size())};  // the cipher writes beyond the key before it knows
    int size = 0;
    if (EVP_DecryptUpdate(context.get(), key.writable().data(), &size, wrapped.data(),
                          static_cast<int>(wrapped.size())) != 1 ||
        size != static_cast<int>(wrapped.size() - check_size))
        return std::nullopt;
    return Secret(key.view().first(wrapped.size() - check_size));
}

}  // namespace sponsio::crypto
