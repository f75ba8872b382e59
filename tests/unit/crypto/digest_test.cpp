#include "crypto/digest.hpp"

#include "tests/unit/crypto/support.hpp"
#include "text/result.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace sponsio::crypto {
namespace {

using test::hex;

std::string repeated(std::string_view text, int times) {
    std::string out;
    while (times-- > 0) out += text;
    return out;
}

// FIPS 180-4 examples (csrc.nist.gov), also RFC 6234 §8.5.
TEST(Sha256, PublishedVectors) {
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(to_hex(sha256(as_bytes(repeated("a", 1'000'000)))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PartsCountAsOne) {
    EXPECT_EQ(sha256({as_bytes("ab"), {}, as_bytes("c")}), sha256(as_bytes("abc")));
}

// GB/T 32905-2016 annex A.
TEST(Sm3, PublishedVectors) {
    EXPECT_EQ(to_hex(sm3(as_bytes("abc"))),
              "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    EXPECT_EQ(to_hex(sm3(as_bytes(repeated("abcd", 16)))),
              "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

// RFC 4231 §4.2, §4.3, §4.7.
TEST(HmacSha256, PublishedVectors) {
    EXPECT_EQ(to_hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(hmac_sha256(Bytes(131, 0xaa),
                                 as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, EmptyKeyIsNotTheKeyBefore) {
    Digest const with_empty = hmac_sha256({}, as_bytes("x"));
    (void)hmac_sha256(as_bytes("another key"), as_bytes("x"));
    EXPECT_EQ(hmac_sha256({}, as_bytes("x")), with_empty);
    // A key is filled up with zero bytes, so an empty one is the same as one zero byte (RFC 2104 §2).
    EXPECT_EQ(with_empty, hmac_sha256(Bytes{0}, as_bytes("x")));
}

TEST(HmacSha256, PartsCountAsOne) {
    EXPECT_EQ(hmac_sha256(as_bytes("k"), {as_bytes("a"), {}, as_bytes("bc")}),
              hmac_sha256(as_bytes("k"), as_bytes("abc")));
}

// RFC 5869 appendix A.1, A.2, A.3.
TEST(HkdfSha256, PublishedVectors) {
    EXPECT_EQ(to_hex(hkdf_sha256(Bytes(22, 0x0b), hex("000102030405060708090a0b0c"),
                                 hex("f0f1f2f3f4f5f6f7f8f9"), 42)
                         .view()),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    Bytes secret(80), salt(80), info(80);
    test::FixedEntropy(0x00).fill(secret);
    test::FixedEntropy(0x60).fill(salt);
    test::FixedEntropy(0xb0).fill(info);
    EXPECT_EQ(to_hex(hkdf_sha256(secret, salt, info, 82).view()),
              "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e"
              "09da3275600c2f"
              "09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
    EXPECT_EQ(to_hex(hkdf_sha256(Bytes(22, 0x0b), {}, {}, 42).view()),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    EXPECT_THROW(hkdf_sha256(secret, {}, {}, 8161), Failure);
}

TEST(Hasher, DigestsPieceByPieceAndStartsAnew) {
    Hasher sha(Hasher::Kind::sha256);
    sha.update(as_bytes("a"));
    sha.update(as_bytes("bc"));
    EXPECT_EQ(sha.finish(), sha256(as_bytes("abc")));
    sha.update(as_bytes("abc"));
    EXPECT_EQ(sha.finish(), sha256(as_bytes("abc")));
    Hasher chinese(Hasher::Kind::sm3);
    Hasher moved = std::move(chinese);
    moved.update(as_bytes("abc"));
    EXPECT_EQ(moved.finish(), sm3(as_bytes("abc")));
}

TEST(Digests, AreRightOnManyThreads) {
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    Digest const expected_sha = sha256(as_bytes("abc"));
    Digest const expected_mac = hmac_sha256(as_bytes("k"), as_bytes("abc"));
    for (int t = 0; t != 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i != 1000; ++i) {
                if (sha256(as_bytes("abc")) != expected_sha) ++wrong;
                if (hmac_sha256(as_bytes("k"), as_bytes("abc")) != expected_mac) ++wrong;
            }
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace sponsio::crypto
