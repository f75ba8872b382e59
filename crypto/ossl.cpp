#include "crypto/ossl.hpp"

#include <openssl/err.h>

namespace sponsio::crypto::ossl {

void fail(char const* what) {
    std::string text = what;
    text += " failed";
    char line[256];
    while (unsigned long const code = ERR_get_error()) {
        ERR_error_string_n(code, line, sizeof line);
        text += ": ";
        text += line;
    }
    throw Failure(text);
}

EVP_MD const* sha256() {
    static EVP_MD const* const md =
        check_pointer(EVP_MD_fetch(nullptr, "SHA256", nullptr), "fetching SHA-256");
    return md;
}

EVP_MD const* sm3() {
    static EVP_MD const* const md = check_pointer(EVP_MD_fetch(nullptr, "SM3", nullptr), "fetching SM3");
    return md;
}

QuietErrors::~QuietErrors() {
    ERR_clear_error();
}

}  // namespace sponsio::crypto::ossl
