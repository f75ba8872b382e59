#include "crypto/digest.hpp"
#include "crypto/key_wrap.hpp"
#include "crypto/public_key.hpp"
#include "crypto/sealing.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

/// The attack vectors of Project Wycheproof; each file under tests/golden/crypto names its source.
namespace sponsio::crypto {
namespace {

using test::hex;

TEST(Wycheproof, Es256) {
    auto const rows = test::golden_table("wycheproof_es256.txt");
    ASSERT_EQ(rows.size(), 262U);
    for (auto const& row : rows) {
        auto const key = PublicKey::from_raw(Algorithm::es256, hex(row[2]));
        ASSERT_TRUE(key) << row[0];
        EXPECT_EQ(key->verify(hex(row[3]), hex(row[4])), row[1] == "valid") << row[0];
    }
}

TEST(Wycheproof, Ed25519) {
    auto const rows = test::golden_table("wycheproof_ed25519.txt");
    ASSERT_EQ(rows.size(), 151U);
    for (auto const& row : rows) {
        auto const key = PublicKey::from_raw(Algorithm::ed25519, hex(row[2]));
        ASSERT_TRUE(key) << row[0];
        EXPECT_EQ(key->verify(hex(row[3]), hex(row[4])), row[1] == "valid") << row[0];
    }
}

TEST(Wycheproof, HmacSha256) {
    auto const rows = test::golden_table("wycheproof_hmac_sha256.txt");
    ASSERT_EQ(rows.size(), 87U);
    for (auto const& row : rows)
        EXPECT_EQ(equal_constant_time(hmac_sha256(hex(row[2]), hex(row[3])), hex(row[4])), row[1] == "valid")
            << row[0];
}

TEST(Wycheproof, AesKeyWrap) {
    auto const rows = test::golden_table("wycheproof_aes_256_wrap.txt");
    ASSERT_EQ(rows.size(), 68U);
    for (auto const& row : rows) {
        auto const key = unwrap_key(hex(row[4]), hex(row[2]));
        if (row[1] == "valid") {
            ASSERT_TRUE(key) << row[0];
            EXPECT_EQ(to_hex(key->view()), row[3]) << row[0];
            EXPECT_EQ(to_hex(wrap_key(hex(row[3]), hex(row[2]))), row[4]) << row[0];
        } else if (row[1] == "invalid") {
            EXPECT_FALSE(key) << row[0];
        }
    }
}

/// Gives the nonce of a vector to the cipher under test.
class OneNonce final : public Entropy {
  public:
    explicit OneNonce(Bytes nonce) : nonce_(std::move(nonce)) {}

    void fill(std::span<std::uint8_t> out) override {
        ASSERT_EQ(out.size(), nonce_.size());
        std::ranges::copy(nonce_, out.begin());
    }

  private:
    Bytes nonce_;
};

TEST(Wycheproof, AesGcm) {
    auto const rows = test::golden_table("wycheproof_aes_256_gcm.txt");
    ASSERT_EQ(rows.size(), 66U);
    for (auto const& row : rows) {
        DataKey const key(Secret(ByteView(hex(row[2]))));
        Bytes const sealed = hex(row[3] + row[6] + row[7]);
        auto const opened = key.open(sealed, hex(row[4]));
        ASSERT_EQ(opened.has_value(), row[1] == "valid") << row[0];
        if (!opened) {
            EXPECT_EQ(opened.error().code, seal_error::not_authentic);
            continue;
        }
        EXPECT_EQ(to_hex(*opened), row[5]) << row[0];
        OneNonce nonce(hex(row[3]));
        EXPECT_EQ(key.seal(hex(row[5]), hex(row[4]), nonce), sealed) << row[0];
    }
}

// SP 800-38D's example set (gcm-revised-spec.pdf), test case 16.
TEST(AesGcm, PublishedVector) {
    DataKey const key(
        Secret(ByteView(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))));
    OneNonce nonce(hex("cafebabefacedbaddecaf888"));
    Bytes const plain =
        hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
            "b16aedf5aa0de657ba637b39");
    Bytes const sealed = key.seal(plain, hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), nonce);
    EXPECT_EQ(
        to_hex(sealed),
        "cafebabefacedbaddecaf888"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
        "c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b");
}

// RFC 3394 §4.6.
TEST(AesKeyWrap, PublishedVector) {
    Bytes const wrapping = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    Bytes const key = hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
    Bytes const wrapped = wrap_key(key, wrapping);
    EXPECT_EQ(to_hex(wrapped),
              "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
    EXPECT_EQ(to_hex(unwrap_key(wrapped, wrapping)->view()), to_hex(key));
}

}  // namespace
}  // namespace sponsio::crypto
