#include "crypto/digest.hpp"
#include "crypto/keys/manifest.hpp"
#include "crypto/keys/public_key.hpp"
#include "crypto/keys/sealing.hpp"
#include "crypto/keys/wrap.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

/// Published vectors: the attacks of Project Wycheproof (each file under tests/golden/crypto names its
/// source) and those of the standards themselves.
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

// RFC 6979 appendix A.2.5, with SHA-256.
TEST(Es256, PublishedVectors) {
    auto const key =
        PublicKey::from_raw(Algorithm::es256,
                            hex("0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                                "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"))
            .value();
    Bytes const sample =
        hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
    Bytes const test =
        hex("f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
            "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083");
    EXPECT_TRUE(key.verify(as_bytes("sample"), sample));
    EXPECT_TRUE(key.verify(as_bytes("test"), test));
    EXPECT_FALSE(key.verify(as_bytes("test"), sample));
}

// RFC 8032 §7.1, tests 1 to 3.
TEST(Ed25519, PublishedVectors) {
    struct Row {
        char const* key;
        char const* message;
        char const* signature;
    };

    for (auto const& [key, message, signature] :
         {Row{"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
              "6b"
              "d25bf5f0595bbe24655141438e7a100b"},
          Row{"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
              "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d"
              "8c"
              "387b2eaeb4302aeeb00d291612bb0c00"},
          Row{"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
              "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6"
              "59"
              "4a7c15e9716ed28dc027beceea1ec40a"}}) {
        auto const read = PublicKey::from_raw(Algorithm::ed25519, hex(key)).value();
        EXPECT_TRUE(read.verify(hex(message), hex(signature))) << message;
        EXPECT_FALSE(read.verify(hex("00"), hex(signature))) << message;
    }
}

// RFC 7914 §12, the third vector: the first half of what it gives is what a key store would derive from.
TEST(Scrypt, PublishedVector) {
    StoreKeys const keys(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"), {.n = 16384, .p = 1});
    Bytes const root = hex("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
    EXPECT_EQ(to_hex(keys.wrapping()),
              to_hex(hkdf_sha256(root, {}, as_bytes("sponsio key store 1 wrapping"), 32).view()));
}

}  // namespace
}  // namespace sponsio::crypto
