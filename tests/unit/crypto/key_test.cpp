#include "crypto/keys/key.hpp"

#include "crypto/digest.hpp"
#include "crypto/keys/signer.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

using test::hex;

constexpr ScryptCost quick{.n = 2, .p = 1};

class EveryAlgorithm : public testing::TestWithParam<Algorithm> {};

INSTANTIATE_TEST_SUITE_P(Keys, EveryAlgorithm,
                         testing::Values(Algorithm::es256, Algorithm::ed25519, Algorithm::sm2),
                         [](auto const& info) { return std::string(name_of(info.param)); });

TEST_P(EveryAlgorithm, NamesAreReadBack) {
    EXPECT_EQ(algorithm_named(name_of(GetParam())), GetParam());
}

TEST_P(EveryAlgorithm, SignsAndVerifies) {
    auto const key = PrivateKey::generate(GetParam());
    EXPECT_EQ(key.algorithm(), GetParam());
    for (std::string const& message : {std::string(), std::string("承诺"), std::string(100'000, 'x')}) {
        Bytes const signature = key.sign(as_bytes(message));
        EXPECT_TRUE(key.public_key().verify(as_bytes(message), signature));
        EXPECT_FALSE(key.public_key().verify(as_bytes(message + "."), signature));
        EXPECT_FALSE(PrivateKey::generate(GetParam()).public_key().verify(as_bytes(message), signature));
    }
}

TEST_P(EveryAlgorithm, RefusesEveryAlteredBitAndLength) {
    auto const key = PrivateKey::generate(GetParam());
    Bytes const signature = key.sign(as_bytes("m"));
    for (std::size_t bit = 0; bit != signature.size() * 8; ++bit) {
        Bytes altered = signature;
        altered[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        EXPECT_FALSE(key.public_key().verify(as_bytes("m"), altered)) << bit;
    }
    for (std::size_t size = 0; size != signature.size(); ++size)
        EXPECT_FALSE(key.public_key().verify(as_bytes("m"), ByteView(signature).first(size)));
    Bytes longer = signature;
    longer.push_back(0);
    EXPECT_FALSE(key.public_key().verify(as_bytes("m"), longer));
}

TEST_P(EveryAlgorithm, PublicKeyGoesThroughPemJwkAndRaw) {
    auto const key = PrivateKey::generate(GetParam()).public_key();
    EXPECT_EQ(PublicKey::from_pem(key.to_pem()).value(), key);
    EXPECT_EQ(PublicKey::from_jwk(key.to_jwk()).value(), key);
    EXPECT_EQ(PublicKey::from_raw(GetParam(), key.raw()).value(), key);
    EXPECT_EQ(key.thumbprint().size(), 43U);
    EXPECT_NE(PrivateKey::generate(GetParam()).public_key(), key);
}

TEST_P(EveryAlgorithm, PrivateKeyGoesThroughEncryptedPem) {
    auto const key = PrivateKey::generate(GetParam());
    std::string const pem = key.to_pem(as_bytes("口令"), quick);
    EXPECT_TRUE(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    auto const read = PrivateKey::from_pem(pem, as_bytes("口令"));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->public_key(), key.public_key());
    EXPECT_TRUE(key.public_key().verify(as_bytes("m"), read->sign(as_bytes("m"))));
    EXPECT_NE(key.to_pem(as_bytes("口令"), quick), pem);  // salted
}

TEST_P(EveryAlgorithm, WrongPassphraseAndDamageAreTold) {
    std::string const pem = PrivateKey::generate(GetParam()).to_pem(as_bytes("right"), quick);
    EXPECT_EQ(PrivateKey::from_pem(pem, as_bytes("wrong")).error().code, key_error::wrong_passphrase);
    EXPECT_EQ(PrivateKey::from_pem(pem, {}).error().code, key_error::wrong_passphrase);
    EXPECT_EQ(PrivateKey::from_pem(pem.substr(0, pem.size() / 2), as_bytes("right")).error().code,
              key_error::unreadable);
    EXPECT_EQ(PrivateKey::from_pem("", as_bytes("right")).error().code, key_error::unreadable);
}

TEST_P(EveryAlgorithm, SignerNamesItsKeyByThumbprint) {
    auto key = PrivateKey::generate(GetParam());
    auto const thumbprint = key.public_key().thumbprint();
    KeySigner const signer(std::move(key));
    EXPECT_EQ(signer.kid(), thumbprint);
    EXPECT_EQ(signer.algorithm(), GetParam());
    EXPECT_TRUE(signer.public_key().verify(as_bytes("m"), signer.sign(as_bytes("m"))));
}

TEST(PublicKey, RefusesPointsOffTheCurve) {
    for (auto const algorithm : {Algorithm::es256, Algorithm::sm2}) {
        Bytes raw = PrivateKey::generate(algorithm).public_key().raw();
        raw.back() ^= 1;
        EXPECT_EQ(PublicKey::from_raw(algorithm, raw).error().code, key_error::unreadable);
        raw.pop_back();
        EXPECT_EQ(PublicKey::from_raw(algorithm, raw).error().code, key_error::unreadable);
    }
    EXPECT_FALSE(PublicKey::from_raw(Algorithm::ed25519, Bytes(31)));
    EXPECT_FALSE(PublicKey::from_raw(Algorithm::es256, {}));
    // A point of one curve is not a key of the other.
    EXPECT_FALSE(
        PublicKey::from_raw(Algorithm::es256, PrivateKey::generate(Algorithm::sm2).public_key().raw()));
}

TEST(PublicKey, JwkIsReadStrictly) {
    json::Object const good = PrivateKey::generate(Algorithm::es256).public_key().to_jwk();
    auto const refused_with = [&good](std::string_view name, json::Value value) {
        json::Object jwk = good;
        jwk.set(name, std::move(value));
        return PublicKey::from_jwk(jwk).error().code;
    };
    EXPECT_EQ(refused_with("d", "AAAA"), key_error::private_part);
    EXPECT_EQ(refused_with("crv", "P-384"), key_error::unsupported);
    EXPECT_EQ(refused_with("crv", 1), key_error::unsupported);
    EXPECT_EQ(refused_with("kty", "RSA"), key_error::unsupported);
    EXPECT_EQ(refused_with("kty", nullptr), key_error::unreadable);
    EXPECT_EQ(refused_with("x", good.at("x").as_string() + "="), key_error::unreadable);
    EXPECT_EQ(refused_with("x", "AA"), key_error::unreadable);
    EXPECT_EQ(refused_with("y", 5), key_error::unreadable);
    EXPECT_EQ(PublicKey::from_jwk("text").error().code, key_error::unreadable);
}

TEST(PublicKey, PemOfOtherThingsIsRefused) {
    EXPECT_EQ(PublicKey::from_pem("").error().code, key_error::unreadable);
    EXPECT_EQ(
        PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").error().code,
        key_error::unreadable);
    auto const private_pem = PrivateKey::generate(Algorithm::es256).to_pem(as_bytes("p"), quick);
    EXPECT_EQ(PublicKey::from_pem(private_pem).error().code, key_error::private_part);
    // X25519, of RFC 8410 §10.1's kind: a key that cannot sign.
    EXPECT_EQ(PublicKey::from_pem(
                  "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                  "-----END PUBLIC KEY-----\n")
                  .error()
                  .code,
              key_error::unsupported);
}

// RFC 7638 §3.1: the digest over the canonical form of the required members.
TEST(Thumbprint, CanonicalFormIsThatOfRfc7638) {
    json::Object const rsa{
        {"n",
         "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc"
         "_BJECPebWKRXjBZCiFV4n3"
         "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
         "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZ"
         "Hzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
         "xBniIqbw0Ls1jF44-csFCur-kE"
         "gU8awapJzKnqDKgw"},
        {"e", "AQAB"},
        {"kty", "RSA"}};
    EXPECT_EQ(to_base64url(sha256(as_bytes(json::canonical(rsa)))),
              "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

// RFC 8037 appendix A.2 and A.3.
TEST(Thumbprint, Ed25519KeyOfRfc8037) {
    auto const key = PublicKey::from_jwk(json::Object{
        {"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}});
    EXPECT_EQ(key->thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

// GB/T 32918.5-2017 annex A.2: the signature of "message digest" by the user "1234567812345678".
class Sm2OfTheStandard : public testing::Test {
  protected:
    PublicKey const key_ =
        PublicKey::from_raw(Algorithm::sm2,
                            hex("0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                                "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"))
            .value();
    Bytes const r_ = hex("f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3");
    Bytes const s_ = hex("b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");

    /// SEQUENCE of two INTEGERs in the bytes given.
    static Bytes der(ByteView r, ByteView s) {
        Bytes out{0x30, static_cast<std::uint8_t>(4 + r.size() + s.size())};
        for (ByteView const number : {r, s}) {
            out.push_back(0x02);
            out.push_back(static_cast<std::uint8_t>(number.size()));
            out.insert(out.end(), number.begin(), number.end());
        }
        return out;
    }

    static Bytes with_zero(ByteView number) {
        Bytes out{0};
        out.insert(out.end(), number.begin(), number.end());
        return out;
    }
};

TEST_F(Sm2OfTheStandard, Verifies) {
    EXPECT_TRUE(key_.verify(as_bytes("message digest"), der(with_zero(r_), with_zero(s_))));
    EXPECT_FALSE(key_.verify(as_bytes("message digesT"), der(with_zero(r_), with_zero(s_))));
    EXPECT_FALSE(key_.verify(as_bytes("message digest"), der(with_zero(s_), with_zero(r_))));
}

/// As most products write such a key: of type EC, with the SM2 curve. Taken at its word, it would be checked
/// by ECDSA.
TEST_F(Sm2OfTheStandard, IsOfItsTypeWhateverTheKeySaysOfItself) {
    Bytes info = hex("3059301306072a8648ce3d020106082a811ccf5501822d034200");
    Bytes const point = key_.raw();
    info.insert(info.end(), point.begin(), point.end());
    auto const read = PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\n" + to_base64(info).substr(0, 64) +
                                          "\n" + to_base64(info).substr(64) + "\n-----END PUBLIC KEY-----\n");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->algorithm(), Algorithm::sm2);
    EXPECT_EQ(*read, key_);
    EXPECT_TRUE(read->verify(as_bytes("message digest"), der(with_zero(r_), with_zero(s_))));
}

TEST_F(Sm2OfTheStandard, TakesNoOtherSpellingOfTheSignature) {
    Bytes const good = der(with_zero(r_), with_zero(s_));
    auto const refused = [this](Bytes const& signature) {
        return !key_.verify(as_bytes("message digest"), signature);
    };
    EXPECT_TRUE(refused(der(with_zero(with_zero(r_)), with_zero(s_)))) << "a zero too many";
    EXPECT_TRUE(refused(der(r_, s_))) << "negative numbers";
    Bytes long_length = good;
    long_length.insert(long_length.begin() + 1, 0x81);
    EXPECT_TRUE(refused(long_length)) << "a length in two bytes";
    Bytes trailing = good;
    trailing.push_back(0);
    EXPECT_TRUE(refused(trailing)) << "something behind it";
    Bytes raw = r_;
    raw.insert(raw.end(), s_.begin(), s_.end());
    EXPECT_TRUE(refused(raw)) << "r || s";
}

}  // namespace
}  // namespace sponsio::crypto
