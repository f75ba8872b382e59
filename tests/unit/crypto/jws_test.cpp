#include "crypto/tokens/jws.hpp"

#include "crypto/keys/signer.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

KeyResolver always(PublicKey const& key) {
    return [key](std::string_view) { return std::optional(key); };
}

KeySigner signer_of(Algorithm algorithm) {
    return KeySigner(PrivateKey::generate(algorithm));
}

/// A token with any header, signed well.
std::string token_with(std::string_view header, Signer const& signer) {
    return jws_attach(to_base64url(as_bytes(header)) + '.' + to_base64url(as_bytes("{}")), signer);
}

// RFC 7515 appendix A.3.
TEST(Jws, VerifiesTheEs256Example) {
    auto const key = PublicKey::from_jwk(json::Object{{"kty", "EC"},
                                                      {"crv", "P-256"},
                                                      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                                                      {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}});
    std::string const token =
        "eyJhbGciOiJFUzI1NiJ9"
        ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    auto const jws = jws_verify(token, always(*key), {.typ = "", .kid_required = false});
    ASSERT_TRUE(jws) << jws.error().message;
    EXPECT_EQ(json::parse(as_text(jws->payload))->at("iss").as_string(), "joe");
}

// RFC 8037 appendix A.4 and A.5.
TEST(Jws, VerifiesTheEd25519Example) {
    auto const key = PublicKey::from_jwk(json::Object{
        {"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}});
    std::string const token =
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
        ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    auto const jws = jws_verify(token, always(*key), {.typ = "", .kid_required = false});
    ASSERT_TRUE(jws) << jws.error().message;
    EXPECT_EQ(as_text(jws->payload), "Example of Ed25519 signing");
}

TEST(Jws, VerifiesWhatItSigned) {
    for (auto const algorithm : {Algorithm::es256, Algorithm::ed25519}) {
        auto const signer = signer_of(algorithm);
        std::string const token = jws_sign("draw+jwt", R"({"a":1})", signer, {{"iss", "https://example.cn"}});
        auto const jws =
            jws_verify(token, always(signer.public_key()), {.typ = "draw+jwt", .other_members = {"iss"}});
        ASSERT_TRUE(jws) << jws.error().message;
        EXPECT_EQ(as_text(jws->payload), R"({"a":1})");
        EXPECT_EQ(json::write(jws->header), "{\"alg\":\"" + std::string(jose_name(algorithm)) +
                                                "\",\"kid\":\"" + signer.kid() +
                                                "\",\"typ\":\"draw+jwt\",\"iss\":\"https://example.cn\"}");
    }
}

TEST(Jws, SignsExactlyTheInputThatWasStored) {
    auto const signer = signer_of(Algorithm::ed25519);
    std::string const input = jws_signing_input("t", Algorithm::ed25519, signer.kid(), "payload");
    EXPECT_EQ(jws_attach(input, signer), jws_sign("t", "payload", signer));
    EXPECT_EQ(jws_parse(jws_attach(input, signer))->signing_input, input);
}

TEST(Jws, HasNoNameForSm2) {
    auto const signer = signer_of(Algorithm::sm2);
    EXPECT_THROW(jws_sign("t", "{}", signer), Failure);
}

TEST(Jws, TypeIsComparedAsAMediaType) {
    auto const signer = signer_of(Algorithm::es256);
    std::string const token = jws_sign("application/DC+SD-JWT", "{}", signer);
    EXPECT_TRUE(jws_verify(token, always(signer.public_key()), {.typ = "dc+sd-jwt"}));
    EXPECT_EQ(jws_verify(token, always(signer.public_key()), {.typ = "kb+jwt"}).error().code,
              jws_error::wrong_type);
    auto const without = token_with(R"({"alg":"ES256","kid":"k"})", signer);
    EXPECT_EQ(jws_verify(without, always(signer.public_key()), {.typ = "kb+jwt"}).error().code,
              jws_error::wrong_type);
}

struct BadHeader {
    char const* header;
    std::string_view code;
};

class JwsHeader : public testing::TestWithParam<BadHeader> {};

TEST_P(JwsHeader, IsRefusedThoughTheSignatureIsGood) {
    auto const signer = signer_of(Algorithm::es256);
    auto const jws =
        jws_verify(token_with(GetParam().header, signer), always(signer.public_key()), {.typ = "t"});
    ASSERT_FALSE(jws);
    EXPECT_EQ(jws.error().code, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, JwsHeader,
    testing::Values(
        BadHeader{R"({"alg":"none","kid":"k","typ":"t"})", jws_error::algorithm},
        BadHeader{R"({"alg":"HS256","kid":"k","typ":"t"})", jws_error::algorithm},
        BadHeader{R"({"alg":"es256","kid":"k","typ":"t"})", jws_error::algorithm},
        BadHeader{R"({"alg":"EdDSA","kid":"k","typ":"t"})", jws_error::algorithm},
        BadHeader{R"({"kid":"k","typ":"t"})", jws_error::bad_header},
        BadHeader{R"({"alg":1,"kid":"k","typ":"t"})", jws_error::bad_header},
        BadHeader{R"({"alg":"ES256","typ":"t"})", jws_error::bad_header},
        BadHeader{R"({"alg":"ES256","kid":7,"typ":"t"})", jws_error::bad_header},
        BadHeader{R"({"alg":"ES256","kid":"k"})", jws_error::wrong_type},
        BadHeader{R"({"alg":"ES256","kid":"k","typ":"u"})", jws_error::wrong_type},
        BadHeader{R"({"alg":"ES256","kid":"k","typ":"t","crit":["x"],"x":1})", jws_error::unexpected_header},
        BadHeader{R"({"alg":"ES256","kid":"k","typ":"t","crit":[]})", jws_error::unexpected_header},
        BadHeader{R"({"alg":"ES256","kid":"k","typ":"t","b64":false})", jws_error::unexpected_header},
        BadHeader{R"({"alg":"ES256","kid":"k","typ":"t","jwk":{}})", jws_error::unexpected_header},
        BadHeader{R"({"alg":"ES256","kid":"k","typ":"t","jku":"https://x"})", jws_error::unexpected_header},
        BadHeader{R"({"alg":"ES256","alg":"ES256","kid":"k","typ":"t"})", json::error::duplicate_key},
        BadHeader{R"(["ES256"])", jws_error::bad_header},
        BadHeader{R"({"alg":"ES256","kid":"k","typ":"t"} )"
                  "x",
                  json::error::trailing_data},
        BadHeader{"", json::error::syntax}));

TEST(Jws, CritIsRefusedEvenWhenAllowedByMistake) {
    auto const signer = signer_of(Algorithm::es256);
    auto const token = token_with(R"({"alg":"ES256","kid":"k","typ":"t","crit":["b64"]})", signer);
    EXPECT_EQ(
        jws_verify(token, always(signer.public_key()), {.typ = "t", .other_members = {"crit"}}).error().code,
        jws_error::unexpected_header);
}

TEST(Jws, PolicyCanNarrowTheAlgorithms) {
    auto const ec = signer_of(Algorithm::es256);
    auto const ed = signer_of(Algorithm::ed25519);
    EXPECT_EQ(jws_verify(jws_sign("t", "{}", ec), always(ec.public_key()), {.typ = "t", .es256 = false})
                  .error()
                  .code,
              jws_error::algorithm);
    EXPECT_EQ(jws_verify(jws_sign("t", "{}", ed), always(ed.public_key()), {.typ = "t", .ed25519 = false})
                  .error()
                  .code,
              jws_error::algorithm);
    // RFC 9864's name of the same algorithm.
    EXPECT_TRUE(jws_verify(token_with(R"({"alg":"Ed25519","kid":"k","typ":"t"})", ed),
                           always(ed.public_key()), {.typ = "t"}));
}

TEST(Jws, TokensOfAnotherFormAreRefused) {
    auto const signer = signer_of(Algorithm::es256);
    std::string const good = jws_sign("t", "{}", signer);
    auto const code = [&](std::string const& token) {
        return jws_verify(token, always(signer.public_key()), {.typ = "t"}).error().code;
    };
    EXPECT_EQ(code(""), jws_error::malformed);
    EXPECT_EQ(code("a.b"), jws_error::malformed);
    EXPECT_EQ(code(good + ".x"), jws_error::malformed);
    EXPECT_EQ(code(good + "="), jws_error::malformed);
    EXPECT_EQ(code(good + "\n"), jws_error::malformed);
    EXPECT_EQ(code(' ' + good), jws_error::malformed);
    EXPECT_EQ(code(good.substr(0, good.rfind('.') + 1)), jws_error::bad_signature);
    std::string altered = good;
    altered[good.find('.') + 2] ^= 1;
    EXPECT_EQ(code(altered), jws_error::bad_signature);
}

TEST(Jws, SignatureInDerIsRefused) {
    auto const signer = signer_of(Algorithm::es256);
    auto const jws = jws_parse(jws_sign("t", "{}", signer));
    Bytes der{0x30, 0x44, 0x02, 0x20};
    der.insert(der.end(), jws->signature.begin(), jws->signature.begin() + 32);
    der.insert(der.end(), {0x02, 0x20});
    der.insert(der.end(), jws->signature.begin() + 32, jws->signature.end());
    EXPECT_EQ(
        jws_verify(jws->signing_input + '.' + to_base64url(der), always(signer.public_key()), {.typ = "t"})
            .error()
            .code,
        jws_error::bad_signature);
}

TEST(Jws, UnknownKeyIsNamedSo) {
    auto const signer = signer_of(Algorithm::es256);
    auto const nobody = [](std::string_view) { return std::optional<PublicKey>(); };
    EXPECT_EQ(jws_verify(jws_sign("t", "{}", signer), nobody, {.typ = "t"}).error().code,
              jws_error::unknown_key);
}

std::chrono::sys_seconds at(std::int64_t seconds) {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

TEST(Jwks, GoesThroughItsText) {
    auto const ec = signer_of(Algorithm::es256);
    auto const ed = signer_of(Algorithm::ed25519);
    auto const sm2 = signer_of(Algorithm::sm2);
    Jwks const set({{ec.kid(), ec.public_key(), at(100), at(200)},
                    {"named", ed.public_key(), {}, {}},
                    {sm2.kid(), sm2.public_key(), {}, {}}});
    auto const text = json::write(set.to_json());
    auto const read = Jwks::parse(text);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->keys().size(), 2U) << "SM2 has no place in a JWK set";
    EXPECT_EQ(read->find(ec.kid())->key, ec.public_key());
    EXPECT_EQ(read->find(ec.kid())->not_before, at(100));
    EXPECT_EQ(read->find(ec.kid())->retired_at, at(200));
    EXPECT_EQ(read->find("named")->key, ed.public_key());
    EXPECT_FALSE(read->find("named")->retired_at);
    EXPECT_EQ(read->find("other"), nullptr);
    EXPECT_TRUE(jws_verify(jws_sign("t", "{}", ec), read->resolver(), {.typ = "t"}));
    EXPECT_EQ(json::parse(text)->at("keys").at(std::size_t{1}).at("alg").as_string(), "EdDSA");
}

TEST(Jwks, KnowsWhenAKeySigned) {
    PublishedKey const key{"k", signer_of(Algorithm::es256).public_key(), at(100), at(200)};
    EXPECT_FALSE(key.signed_at(at(99)));
    EXPECT_TRUE(key.signed_at(at(100)));
    EXPECT_TRUE(key.signed_at(at(199)));
    EXPECT_FALSE(key.signed_at(at(200)));
}

TEST(Jwks, RefusesWhatShouldNotBeThere) {
    json::Object jwk = signer_of(Algorithm::es256).public_key().to_jwk();
    jwk.add("kid", "k");
    auto const code = [](json::Array keys) {
        return Jwks::parse(json::write(json::Object{{"keys", std::move(keys)}})).error().code;
    };
    auto const with = [&jwk](std::string_view name, json::Value value) {
        json::Object copy = jwk;
        copy.set(name, std::move(value));
        return copy;
    };
    EXPECT_TRUE(Jwks::parse(json::write(json::Object{{"keys", json::Array{jwk}}})));
    EXPECT_EQ(code({jwk, jwk}), bad_key_set);
    EXPECT_EQ(code({with("d", "x")}), bad_key_set);
    EXPECT_EQ(code({json::Object{{"kty", "oct"}, {"k", "c2VjcmV0"}}}), bad_key_set);
    EXPECT_EQ(code({with("kid", "")}), bad_key_set);
    EXPECT_EQ(code({with("kid", 1)}), bad_key_set);
    EXPECT_EQ(code({with("nbf", "soon")}), bad_key_set);
    EXPECT_EQ(code({with("x", "AA")}), key_error::unreadable);
    EXPECT_EQ(code({"text"}), bad_key_set);
    EXPECT_EQ(Jwks::parse("{}").error().code, bad_key_set);
    EXPECT_EQ(Jwks::parse("{").error().code, json::error::syntax);
}

TEST(Jwks, LeavesOutKeysOfOtherKinds) {
    auto const read = Jwks::parse(
        R"({"keys":[{"kty":"RSA","n":"AA","e":"AQAB","kid":"r"},{"kty":"EC","crv":"P-384","kid":"e"},
        {"kty":"EC","crv":"P-256","use":"enc","kid":"x"}]})");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->keys().empty());
}

}  // namespace
}  // namespace sponsio::crypto
