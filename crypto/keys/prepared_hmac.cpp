#include "crypto/keys/prepared_hmac.hpp"

#include "crypto/ossl.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace sponsio::crypto {
namespace {

EVP_MAC* hmac() {
    static EVP_MAC* const mac = ossl::check_pointer(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "fetching HMAC");
    return mac;
}

}  // namespace

struct PreparedHmac::State {
    ossl::MacCtx context;
};

PreparedHmac::PreparedHmac(Digest const& key)
    : state_(new State{ossl::MacCtx{ossl::check_pointer(EVP_MAC_CTX_new(hmac()), "EVP_MAC_CTX_new")}}) {
    char name[] = "SHA256";
    OSSL_PARAM const parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                     OSSL_PARAM_construct_end()};
    ossl::check(EVP_MAC_init(state_->context.get(), key.data(), key.size(), parameters) == 1, "HMAC");
}

PreparedHmac::PreparedHmac(PreparedHmac&&) noexcept = default;
PreparedHmac& PreparedHmac::operator=(PreparedHmac&&) noexcept = default;
PreparedHmac::~PreparedHmac() = default;

Digest PreparedHmac::operator()(std::string_view text) const {
    EVP_MAC_CTX* const context = state_->context.get();
    Digest out;
    std::size_t length = 0;
    // A null key makes OpenSSL reuse the key's two hashed blocks: some 0.15 µs a text with SHA instructions.
    // The deprecated SHA256_Transform would take 0.1 µs, which is not worth leaving the EVP interface.
    bool const good =
        EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
        EVP_MAC_update(context, reinterpret_cast<unsigned char const*>(text.data()), text.size()) == 1 &&
        EVP_MAC_final(context, out.data(), &length, out.size()) == 1;
    ossl::check(good && length == out.size(), "HMAC");
    return out;
}

}  // namespace sponsio::crypto
