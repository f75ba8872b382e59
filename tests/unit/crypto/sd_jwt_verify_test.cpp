#include "tests/unit/crypto/sd_jwt_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace sponsio::crypto {
namespace {

using test::always;
using test::at;

/// The keys of the examples of RFC 9901, appendix A.5.
PublicKey example_issuer() {
    return PublicKey::from_jwk(json::Object{{"kty", "EC"},
                                            {"crv", "P-256"},
                                            {"x", "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ"},
                                            {"y", "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"}})
        .value();
}

/// The header of the examples has no kid.
SdJwtPolicy example_policy() {
    return {.jws = {.typ = "example+sd-jwt", .kid_required = false}, .now = at(1748537244)};
}

json::Value holder_key() {
    return json::Object{{"jwk", json::Object{{"kty", "EC"},
                                             {"crv", "P-256"},
                                             {"x", "TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc"},
                                             {"y", "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ"}}}};
}

// RFC 9901 §5.1.
TEST(SdJwtExamples, IssuedToken) {
    auto const verified =
        sd_jwt_verify(test::golden("rfc9901_5_1_issued.txt"), always(example_issuer()), example_policy());
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(json::Value(verified->payload),
              (json::Object{{"iss", "https://issuer.example.com"},
                            {"iat", 1683000000},
                            {"exp", 1883000000},
                            {"sub", "user_42"},
                            {"nationalities", json::Array{"US", "DE"}},
                            {"cnf", holder_key()},
                            {"given_name", "John"},
                            {"family_name", "Doe"},
                            {"email", "johndoe@example.com"},
                            {"phone_number", "+1-202-555-0101"},
                            {"phone_number_verified", true},
                            {"address", json::Object{{"street_address", "123 Main St"},
                                                     {"locality", "Anytown"},
                                                     {"region", "Anystate"},
                                                     {"country", "US"}}},
                            {"birthdate", "1940-01-01"},
                            {"updated_at", 1570000000}}));
    EXPECT_EQ(verified->disclosed.size(), 10U);
}

// RFC 9901 §5.2.
TEST(SdJwtExamples, PresentationWithKeyBinding) {
    auto policy = example_policy();
    policy.key_binding = KeyBindingPolicy{"https://verifier.example.org", "1234567890", at(1748537244)};
    std::string const token = test::golden("rfc9901_5_2_presented.txt");
    auto const verified = sd_jwt_verify(token, always(example_issuer()), policy);
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_TRUE(verified->key_bound);
    EXPECT_EQ(json::Value(verified->payload),
              (json::Object{{"iss", "https://issuer.example.com"},
                            {"iat", 1683000000},
                            {"exp", 1883000000},
                            {"sub", "user_42"},
                            {"nationalities", json::Array{"US"}},
                            {"cnf", holder_key()},
                            {"given_name", "John"},
                            {"family_name", "Doe"},
                            {"address", json::Object{{"street_address", "123 Main St"},
                                                     {"locality", "Anytown"},
                                                     {"region", "Anystate"},
                                                     {"country", "US"}}}}));
}

// RFC 9901 appendix A.1, with decoys and the region in escapes.
TEST(SdJwtExamples, StructuredClaimsInJapanese) {
    auto const verified =
        sd_jwt_verify(test::golden("rfc9901_a_1_presented.txt"), always(example_issuer()), example_policy());
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(json::Value(verified->payload),
              (json::Object{{"iss", "https://issuer.example.com"},
                            {"iat", 1683000000},
                            {"exp", 1883000000},
                            {"address", json::Object{{"region", "港区"}, {"country", "JP"}}}}));
}

// RFC 9901 §6.3: the digests are those of the published disclosures.
TEST(SdJwtExamples, RecursiveDisclosures) {
    std::vector<std::string> const disclosures{
        "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgInN0cmVldF9hZGRyZXNzIiwgIlNjaHVsc3RyLiAxMiJd",
        "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImxvY2FsaXR5IiwgIlNjaHVscGZvcnRhIl0",
        "WyI2SWo3dE0tYTVpVlBHYm9TNXRtdlZBIiwgInJlZ2lvbiIsICJTYWNoc2VuLUFuaGFsdCJd",
        "WyJlSThaV205UW5LUHBOUGVOZW5IZGhRIiwgImNvdW50cnkiLCAiREUiXQ",
        "WyJRZ19PNjR6cUF4ZTQxMmExMDhpcm9BIiwgImFkZHJlc3MiLCB7Il9zZCI6IFsiNnZoOWJxLXpTNEdLTV83R3BnZ1ZiWXp6"
        "dTZvT0dYcm1OVkdQSFA3NVVkMCIsICI5Z2pWdVh0ZEZST0NnUnJ0TmNHVVhtRjY1cmRlemlfNkVyX2o3NmttWXlNIiwgIktV"
        "UkRQaDRaQzE5LTN0aXotRGYzOVY4ZWlkeTFvVjNhM0gxRGEyTjBnODgiLCAiV045cjlkQ0JKOEhUQ3NTMmpLQVN4VGpFeVc1"
        "bTV4NjVfWl8ycm8yamZYTSJdfV0"};
    test::Issuer const issuer;
    auto const verified = issuer.verify(issuer.token(
        R"({"_sd":["HvrKX6fPV0v9K_yCVFBiLFHsMaxcD_114Em6VT8x1lg"],"_sd_alg":"sha-256"})", disclosures));
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(json::Value(verified->payload),
              (json::Object{{"address", json::Object{{"street_address", "Schulstr. 12"},
                                                     {"locality", "Schulpforta"},
                                                     {"region", "Sachsen-Anhalt"},
                                                     {"country", "DE"}}}}));
}

class Presentation : public testing::Test {
  protected:
    std::string shown(std::vector<std::string> const& pointers) {
        auto const token = sd_jwt_present(token_, pointers);
        EXPECT_TRUE(token) << token.error().message;
        auto const verified = issuer_.verify(*token);
        EXPECT_TRUE(verified) << verified.error().message;
        return json::canonical(verified->payload);
    }

    test::Issuer const issuer_;
    std::string const token_ = issuer_.issue(
        json::parse(
            R"({"open":1,"name":"张三","address":{"street":"长安街1号","city":"北京"},"list":["a","b",{"c":1}]})")
            .value(),
        {.disclosable = {"/name", "/address", "/address/street", "/list/0", "/list/1", "/list/2/c"}});
};

TEST_F(Presentation, ShowsNothingUnlessAsked) {
    EXPECT_EQ(shown({}), R"({"list":[{}],"open":1})");
    EXPECT_EQ(shown({"/open"}), R"({"list":[{}],"open":1})");
}

TEST_F(Presentation, ShowsAClaimWithWhatItStandsIn) {
    EXPECT_EQ(shown({"/address"}), R"({"address":{"city":"北京"},"list":[{}],"open":1})");
    EXPECT_EQ(shown({"/address/city"}), R"({"address":{"city":"北京"},"list":[{}],"open":1})");
    EXPECT_EQ(shown({"/address/street"}),
              R"({"address":{"city":"北京","street":"长安街1号"},"list":[{}],"open":1})");
    EXPECT_EQ(shown({"/list/1", "/name"}), R"({"list":["b",{}],"name":"张三","open":1})");
    EXPECT_EQ(shown({"/list/2/c"}), R"({"list":[{"c":1}],"open":1})");
}

TEST_F(Presentation, RefusesClaimsThatAreNotThere) {
    EXPECT_EQ(sd_jwt_present(token_, {"/nothing"}).error().code, sd_error::no_such_claim);
    EXPECT_EQ(sd_jwt_present("no token", {}).error().code, sd_error::malformed);
}

TEST_F(Presentation, ListsWhatCanBeLeftOut) {
    auto const listed = sd_jwt_disclosable(token_).value();
    EXPECT_THAT(listed, testing::UnorderedElementsAre("/name", "/address", "/address/street", "/list/0",
                                                      "/list/1", "/list/2/c"));
    auto const place = [&listed](std::string_view pointer) {
        return std::ranges::find(listed, pointer) - listed.begin();
    };
    EXPECT_LT(place("/address"), place("/address/street"));
}

class Credential : public testing::Test {
  protected:
    Result<VerifiedSdJwt> verify(json::Object payload, SdJwtPolicy const& policy) {
        return sd_jwt_verify(issuer_.issue(std::move(payload), {}, sd_jwt_vc_type), issuer_.keys(), policy);
    }

    static SdJwtPolicy on(std::int64_t seconds) { return {.now = at(seconds)}; }

    test::Issuer const issuer_;
};

TEST_F(Credential, NamesItsType) {
    EXPECT_TRUE(verify({{"vct", "https://example.cn/v"}}, {}));
    EXPECT_EQ(verify({{"a", 1}}, {}).error().code, sd_error::bad_claim);
    EXPECT_EQ(verify({{"vct", 1}}, {}).error().where, "/vct");
    EXPECT_EQ(
        sd_jwt_verify(issuer_.issue(json::Object{{"vct", "v"}}, {}, "JWT"), issuer_.keys(), {}).error().code,
        jws_error::wrong_type);
}

TEST_F(Credential, HasItsTime) {
    json::Object const payload{{"vct", "v"}, {"iat", 900}, {"nbf", 1000}, {"exp", 2000}};
    EXPECT_TRUE(verify(payload, on(1500)));
    EXPECT_TRUE(verify(payload, on(940))) << "within the leeway";
    EXPECT_EQ(verify(payload, on(939)).error().code, sd_error::not_yet_valid);
    EXPECT_TRUE(verify(payload, on(2059)));
    EXPECT_EQ(verify(payload, on(2060)).error().code, sd_error::expired);
    EXPECT_TRUE(verify(payload, {})) << "no time asked for";
    EXPECT_EQ(verify({{"vct", "v"}, {"iat", 5000}}, on(1000)).error().where, "/iat");
    EXPECT_EQ(verify({{"vct", "v"}, {"exp", "later"}}, on(1000)).error().code, sd_error::bad_claim);
}

TEST_F(Credential, HasItsAudience) {
    json::Object const one{{"vct", "v"}, {"aud", "https://a.cn"}};
    json::Object const several{{"vct", "v"}, {"aud", json::Array{"https://b.cn", "https://a.cn"}}};
    EXPECT_TRUE(verify(one, {.audience = "https://a.cn"}));
    EXPECT_TRUE(verify(several, {.audience = "https://a.cn"}));
    EXPECT_EQ(verify(one, {.audience = "https://b.cn"}).error().code, sd_error::wrong_audience);
    EXPECT_EQ(verify(several, {.audience = "https://c.cn"}).error().code, sd_error::wrong_audience);
    EXPECT_EQ(verify(one, {}).error().code, sd_error::wrong_audience);
    EXPECT_TRUE(verify({{"vct", "v"}}, {.audience = "https://a.cn"}));
}

class KeyBinding : public testing::Test {
  protected:
    std::string presentation(PublicKey const& holder) {
        return issuer_.issue(json::Object{{"cnf", json::Object{{"jwk", holder.to_jwk()}}}, {"a", 1}},
                             {.disclosable = {"/a"}});
    }

    Result<VerifiedSdJwt> verify(std::string const& token, std::optional<KeyBindingPolicy> policy) {
        return sd_jwt_verify(token, issuer_.keys(),
                             {.jws = {.typ = "example+sd-jwt"}, .key_binding = std::move(policy)});
    }

    std::string_view code(std::string const& token) {
        auto const result = verify(token, wanted_);
        return result ? "taken" : result.error().code;
    }

    test::Issuer const issuer_;
    KeySigner const holder_{PrivateKey::generate(Algorithm::ed25519)};
    KeyBindingPolicy const wanted_{"https://verifier.example.cn", "n-1", at(1000)};
};

TEST_F(KeyBinding, IsMadeAndVerified) {
    auto const bound =
        sd_jwt_bind(presentation(holder_.public_key()), holder_, wanted_.audience, wanted_.nonce, at(990));
    auto const verified = verify(bound, wanted_);
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_TRUE(verified->key_bound);
    auto const not_asked = verify(bound, std::nullopt);
    ASSERT_TRUE(not_asked);
    EXPECT_FALSE(not_asked->key_bound);
}

TEST_F(KeyBinding, MustBeThereWhenAskedFor) {
    EXPECT_EQ(code(presentation(holder_.public_key())), sd_error::key_binding_missing);
}

TEST_F(KeyBinding, IsOfThisQuestionThisPresentationAndThisMoment) {
    auto const token = presentation(holder_.public_key());
    auto const bound = [&](std::string_view audience, std::string_view nonce, std::int64_t made) {
        return sd_jwt_bind(token, holder_, audience, nonce, at(made));
    };
    EXPECT_EQ(code(bound(wanted_.audience, wanted_.nonce, 1000)), "taken");
    EXPECT_EQ(code(bound("https://other.cn", wanted_.nonce, 1000)), sd_error::key_binding);
    EXPECT_EQ(code(bound(wanted_.audience, "n-2", 1000)), sd_error::key_binding);
    EXPECT_EQ(code(bound(wanted_.audience, wanted_.nonce, 700)), "taken");
    EXPECT_EQ(code(bound(wanted_.audience, wanted_.nonce, 699)), sd_error::key_binding);
    EXPECT_EQ(code(bound(wanted_.audience, wanted_.nonce, 1060)), "taken");
    EXPECT_EQ(code(bound(wanted_.audience, wanted_.nonce, 1061)), sd_error::key_binding);
    // Taken from one presentation and put to another that shows less.
    auto const whole = bound(wanted_.audience, wanted_.nonce, 1000);
    auto parsed = sd_jwt_parse(whole).value();
    EXPECT_EQ(code(parsed.jwt + '~' + *parsed.key_binding), sd_error::key_binding);
}

TEST_F(KeyBinding, IsOfTheKeyInTheToken) {
    KeySigner const other(PrivateKey::generate(Algorithm::ed25519));
    auto const token = presentation(holder_.public_key());
    EXPECT_EQ(code(sd_jwt_bind(token, other, wanted_.audience, wanted_.nonce, at(1000))),
              jws_error::bad_signature);
    auto const keyless = issuer_.issue(json::Object{{"a", 1}}, {});
    EXPECT_EQ(code(sd_jwt_bind(keyless, holder_, wanted_.audience, wanted_.nonce, at(1000))),
              sd_error::key_binding);
}

TEST_F(KeyBinding, HasItsOwnType) {
    auto const token = presentation(holder_.public_key());
    EXPECT_EQ(code(token + jws_sign("JWT", "{}", holder_)), jws_error::wrong_type);
    EXPECT_EQ(code(token + jws_sign("kb+jwt", "{}", holder_)), sd_error::key_binding);
    EXPECT_EQ(code(token + jws_sign("kb+jwt", "[]", holder_)), sd_error::bad_claim);
    EXPECT_EQ(code(token + "rubbish"), jws_error::malformed);
}

}  // namespace
}  // namespace sponsio::crypto
