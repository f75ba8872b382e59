#include "crypto/keys/pkey.hpp"

#include "crypto/ossl.hpp"

#include <openssl/core_names.h>

namespace sponsio::crypto::pkey {
namespace {

constexpr std::size_t coordinate_size = 32;

/// Appends the coordinate in 32 bytes.
void append_coordinate(EVP_PKEY* key, char const* name, Bytes& out) {
    BIGNUM* number = nullptr;
    ossl::check(EVP_PKEY_get_bn_param(key, name, &number) == 1, "reading a coordinate");
    ossl::Bn const owned{number};
    out.resize(out.size() + coordinate_size);
    ossl::check(BN_bn2binpad(number, out.data() + out.size() - coordinate_size, coordinate_size) ==
                    static_cast<int>(coordinate_size),
                "writing a coordinate");
}

}  // namespace

std::optional<Algorithm> algorithm_of(EVP_PKEY* key) {
    ossl::QuietErrors const quiet;
    if (EVP_PKEY_is_a(key, "ED25519")) return Algorithm::ed25519;
    char group[64] = {};
    if (EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) != 1) return std::nullopt;
    std::string_view const name = group;
    if (name == "SM2") return Algorithm::sm2;
    if (EVP_PKEY_is_a(key, "EC") && (name == "prime256v1" || name == "P-256")) return Algorithm::es256;
    return std::nullopt;
}

Bytes raw_public(Algorithm algorithm, EVP_PKEY* key) {
    Bytes out;
    if (algorithm == Algorithm::ed25519) {
        std::size_t size = coordinate_size;
        out.resize(size);
        ossl::check(EVP_PKEY_get_raw_public_key(key, out.data(), &size) == 1 && size == out.size(),
                    "reading an Ed25519 key");
    } else {
        out.push_back(4);  // uncompressed
        append_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, out);
        append_coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, out);
    }
    return out;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    long const size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace sponsio::crypto::pkey
