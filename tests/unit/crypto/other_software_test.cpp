#include "crypto/keys/signer.hpp"
#include "crypto/keys/store.hpp"
#include "crypto/tokens/jws.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>

/// Programs of others judge what was signed here, and the other way round: `openssl` and `jose` (Debian).
namespace sponsio::crypto {
namespace {

/// The exit code of a shell command run in `dir`; what it printed goes to the file "output" there.
int run(test::TempDir const& dir, std::string const& command) {
    std::string const line = "cd '" + dir.path().string() + "' && { " + command + "; } >output 2>&1";
    int const status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string output(test::TempDir const& dir) {
    return test::read_file(dir / "output");
}

class OtherSoftware : public testing::Test {
  protected:
    void write(std::string_view name, ByteView bytes) { test::write_file(dir_ / name, as_text(bytes)); }

    test::TempDir dir_;
};

TEST_F(OtherSoftware, OpensslVerifiesOurSm2Signature) {
    auto const key = PrivateKey::generate(Algorithm::sm2);
    write("message", as_bytes("承诺书正文"));
    write("signature", key.sign(as_bytes("承诺书正文")));
    write("key.pem", as_bytes(key.public_key().to_pem()));
    std::string const verify =
        "openssl pkeyutl -verify -pubin -inkey key.pem -in message -rawin -digest sm3 -sigfile signature";
    EXPECT_EQ(run(dir_, verify + " -pkeyopt distid:1234567812345678"), 0) << output(dir_);
    EXPECT_NE(run(dir_, verify), 0) << "without the identifier it must fail, or the identifier was not used";
}

TEST_F(OtherSoftware, WeVerifyTheSm2SignatureOfOpenssl) {
    write("message", as_bytes("承诺书正文"));
    ASSERT_EQ(run(dir_,
                  "openssl genpkey -algorithm SM2 -out private.pem && openssl pkey -in private.pem -pubout "
                  "-out public.pem"),
              0)
        << output(dir_);
    std::string const sign = "openssl pkeyutl -sign -inkey private.pem -in message -rawin -digest sm3 -out ";
    ASSERT_EQ(run(dir_, sign + "good -pkeyopt distid:1234567812345678"), 0) << output(dir_);
    ASSERT_EQ(run(dir_, sign + "bad"), 0) << output(dir_);
    auto const key = PublicKey::from_pem(test::read_file(dir_ / "public.pem"));
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->algorithm(), Algorithm::sm2);
    EXPECT_TRUE(key->verify(as_bytes("承诺书正文"), as_bytes(test::read_file(dir_ / "good"))));
    EXPECT_FALSE(key->verify(as_bytes("承诺书正文"), as_bytes(test::read_file(dir_ / "bad"))));
}

TEST_F(OtherSoftware, Sm2KeysMadeAsKeysOfTypeEcSignAsSm2) {
    ASSERT_EQ(
        run(dir_,
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -aes-256-cbc -pass pass:secret "
            "-out private.pem && openssl pkey -in private.pem -passin pass:secret -pubout -out key.pem"),
        0)
        << output(dir_);
    auto const key = PrivateKey::from_pem(test::read_file(dir_ / "private.pem"), as_bytes("secret"));
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->algorithm(), Algorithm::sm2);
    write("message", as_bytes("承诺书正文"));
    write("signature", key->sign(as_bytes("承诺书正文")));
    EXPECT_EQ(run(dir_,
                  "openssl pkeyutl -verify -pubin -inkey key.pem -in message -rawin -digest sm3 -sigfile "
                  "signature -pkeyopt distid:1234567812345678"),
              0)
        << output(dir_);
}

TEST_F(OtherSoftware, OpensslVerifiesOurEd25519Signature) {
    auto const key = PrivateKey::generate(Algorithm::ed25519);
    write("message", as_bytes("checkpoint"));
    write("signature", key.sign(as_bytes("checkpoint")));
    write("key.pem", as_bytes(key.public_key().to_pem()));
    EXPECT_EQ(
        run(dir_, "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in message -sigfile signature"), 0)
        << output(dir_);
}

TEST_F(OtherSoftware, OpensslReadsOurEncryptedKeys) {
    for (auto const algorithm : {Algorithm::es256, Algorithm::ed25519, Algorithm::sm2}) {
        auto const key = PrivateKey::generate(algorithm);
        write("private.pem", as_bytes(key.to_pem(as_bytes("secret"), {.n = 16, .p = 5})));
        ASSERT_EQ(run(dir_, "openssl pkey -in private.pem -passin pass:secret -pubout -out public.pem"), 0)
            << output(dir_);
        EXPECT_EQ(PublicKey::from_pem(test::read_file(dir_ / "public.pem")).value(), key.public_key());
        EXPECT_NE(run(dir_, "openssl pkey -in private.pem -passin pass:wrong -pubout"), 0);
    }
}

TEST_F(OtherSoftware, WeReadTheEncryptedKeysOfOpenssl) {
    ASSERT_EQ(run(dir_,
                  "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass "
                  "pass:secret -out private.pem"),
              0)
        << output(dir_);
    auto const key = PrivateKey::from_pem(test::read_file(dir_ / "private.pem"), as_bytes("secret"));
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->algorithm(), Algorithm::es256);
    // What openssl wrote without a passphrase is not taken.
    ASSERT_EQ(run(dir_, "openssl pkey -in private.pem -passin pass:secret -out clear.pem"), 0)
        << output(dir_);
    EXPECT_EQ(PrivateKey::from_pem(test::read_file(dir_ / "clear.pem"), as_bytes("secret")).error().code,
              key_error::unreadable);
}

TEST_F(OtherSoftware, KeysOfOtherCurvesAreRefused) {
    ASSERT_EQ(run(dir_,
                  "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.pem && openssl "
                  "pkey -in p384.pem -pubout -out pub.pem"),
              0);
    EXPECT_EQ(PublicKey::from_pem(test::read_file(dir_ / "pub.pem")).error().code, key_error::unsupported);
    ASSERT_EQ(
        run(dir_,
            "openssl genpkey -algorithm RSA -out rsa.pem && openssl pkey -in rsa.pem -pubout -out pub.pem"),
        0);
    EXPECT_EQ(PublicKey::from_pem(test::read_file(dir_ / "pub.pem")).error().code, key_error::unsupported);
}

TEST_F(OtherSoftware, JoseVerifiesOurEs256Jws) {
    KeySigner const signer(PrivateKey::generate(Algorithm::es256));
    Jwks const set({{signer.kid(), signer.public_key(), std::chrono::sys_seconds{}, std::nullopt}});
    write("token", as_bytes(jws_sign("draw+jwt", R"({"round":1})", signer)));
    write("jwks.json", as_bytes(json::write(set.to_json())));
    ASSERT_EQ(run(dir_, "jose jws ver -i token -k jwks.json -O payload"), 0) << output(dir_);
    EXPECT_EQ(test::read_file(dir_ / "payload"), R"({"round":1})");
    std::string altered = test::read_file(dir_ / "token");
    altered[altered.rfind('.') + 5] ^= 1;
    write("token", as_bytes(altered));
    EXPECT_NE(run(dir_, "jose jws ver -i token -k jwks.json -O-"), 0);
}

TEST_F(OtherSoftware, WeVerifyTheEs256JwsOfJose) {
    ASSERT_EQ(
        run(dir_, R"(jose jwk gen -i '{"alg":"ES256"}' -o key.jwk && jose jwk pub -i key.jwk -o pub.jwk &&
                          printf hello >payload && jose jws sig -I payload -k key.jwk -s '{"protected":{"alg":"ES256","typ":"t"}}' -c -o token)"),
        0)
        << output(dir_);
    auto const key = PublicKey::from_jwk(json::parse(test::read_file(dir_ / "pub.jwk")).value());
    ASSERT_TRUE(key) << key.error().message;
    auto const resolve = [&key](std::string_view) { return std::optional(*key); };
    auto const jws =
        jws_verify(test::read_file(dir_ / "token"), resolve, {.typ = "t", .kid_required = false});
    ASSERT_TRUE(jws) << jws.error().message;
    EXPECT_EQ(as_text(jws->payload), "hello");
}

TEST_F(OtherSoftware, JoseAgreesOnThumbprints) {
    auto const key = PrivateKey::generate(Algorithm::es256).public_key();
    write("key.jwk", as_bytes(json::write(key.to_jwk())));
    ASSERT_EQ(run(dir_, "jose jwk thp -i key.jwk -a S256"), 0) << output(dir_);
    EXPECT_EQ(output(dir_).substr(0, 43), key.thumbprint());
}

}  // namespace
}  // namespace sponsio::crypto
