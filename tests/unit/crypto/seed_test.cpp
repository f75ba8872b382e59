#include "crypto/keys/seed.hpp"

#include "text/result.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

Bytes bytes(char const* hex) {
    return from_hex(hex).value();
}

struct Vector {
    char const* seed;
    char const* public_key;
    char const* message;
    char const* signature;
};

// RFC 8032 §7.1, tests 1 and 2.
constexpr Vector vectors[] = {{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                               "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                               "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33"
                               "bacc61e39701cf9b46bd25bf5f0595b"
                               "be24655141438e7a100b"},
                              {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                               "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                               "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e159"
                               "96e458f3613d0f11d8c387b2eaeb430"
                               "2aeeb00d291612bb0c00"}};

TEST(Ed25519Seed, GivesTheKeyAndTheSignaturesOfTheStandard) {
    for (Vector const& one : vectors) {
        EXPECT_EQ(to_hex(ed25519_public_key(bytes(one.seed))), one.public_key);
        EXPECT_EQ(to_hex(ed25519_signature(bytes(one.seed), bytes(one.message))), one.signature);
    }
}

TEST(Ed25519Seed, OfAnotherLengthIsRefused) {
    EXPECT_THROW(ed25519_public_key(Bytes(31)), Failure);
    EXPECT_THROW(ed25519_signature(Bytes(33), Bytes(1)), Failure);
}

}  // namespace
}  // namespace sponsio::crypto
