#include "crypto/digest.hpp"
#include "tests/unit/crypto/sd_jwt_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sponsio::crypto {
namespace {

json::Value sample() {
    return json::parse(R"({"iss":"https://issuer.example.cn","vct":"https://example.cn/v/1","iat":1700000000,
        "name":"张三","address":{"street":"长安街1号","city":"北京"},"nationalities":["CN","HK"],
        "deep":{"list":[{"a":1,"b":2},3]}})")
        .value();
}

std::string digest(std::string const& disclosure) {
    return to_base64url(sha256(as_bytes(disclosure)));
}

std::string json_of(std::string const& disclosure) {
    return to_string(from_base64url(disclosure).value());
}

TEST(SdJwtIssue, PutsDigestsInPlaceOfClaims) {
    auto const draft = sd_jwt_prepare(sample(), {.disclosable = {"/name", "/nationalities/1"}});
    ASSERT_TRUE(draft) << draft.error().message;
    ASSERT_EQ(draft->disclosures.size(), 2U);
    json::Value const payload = json::parse(draft->payload).value();
    EXPECT_EQ(payload.find("name"), nullptr);
    EXPECT_EQ(payload.at("_sd"), json::Value(json::Array{digest(draft->disclosures[0])}));
    EXPECT_EQ(payload.at("nationalities"),
              json::Value(json::Array{"CN", json::Object{{"...", digest(draft->disclosures[1])}}}));
    EXPECT_EQ(payload.at("_sd_alg").as_string(), "sha-256");
    EXPECT_EQ(draft->payload, json::canonical(payload));
    json::Value const name = json::parse(json_of(draft->disclosures[0])).value();
    EXPECT_EQ(name.at(std::size_t{1}).as_string(), "name");
    EXPECT_EQ(name.at(std::size_t{2}).as_string(), "张三");
    EXPECT_EQ(from_base64url(name.at(std::size_t{0}).as_string())->size(), 16U);
    EXPECT_EQ(json::parse(json_of(draft->disclosures[1]))->as_array().size(), 2U);
}

TEST(SdJwtIssue, IsTheSameForTheSameEntropy) {
    test::FixedEntropy one;
    test::FixedEntropy two;
    SdJwtPlan const plan{.disclosable = {"/name"}, .decoys = {{"", 2}}};
    auto const a = sd_jwt_prepare(sample(), plan, one);
    auto const b = sd_jwt_prepare(sample(), plan, two);
    EXPECT_EQ(a->payload, b->payload);
    EXPECT_EQ(a->disclosures, b->disclosures);
    EXPECT_EQ(json_of(a->disclosures[0]), R"(["AAECAwQFBgcICQoLDA0ODw","name","张三"])");
    EXPECT_NE(sd_jwt_prepare(sample(), plan)->disclosures, a->disclosures);
}

TEST(SdJwtIssue, NestedClaimsAreDisclosedInSteps) {
    auto const draft = sd_jwt_prepare(
        sample(), {.disclosable = {"/address/street", "/address", "/deep/list/0/a", "/deep/list/0"}});
    ASSERT_TRUE(draft) << draft.error().message;
    ASSERT_EQ(draft->disclosures.size(), 4U);
    // Parents stand before their children.
    json::Value const address = json::parse(json_of(draft->disclosures[0])).value();
    EXPECT_EQ(address.at(std::size_t{1}).as_string(), "address");
    EXPECT_EQ(address.at(std::size_t{2}),
              (json::Object{{"city", "北京"}, {"_sd", json::Array{digest(draft->disclosures[1])}}}));
    json::Value const element = json::parse(json_of(draft->disclosures[2])).value();
    EXPECT_EQ(element.at(std::size_t{1}),
              (json::Object{{"b", 2}, {"_sd", json::Array{digest(draft->disclosures[3])}}}));
}

TEST(SdJwtIssue, OrderOfDigestsSaysNothing) {
    json::Object claims;
    std::vector<std::string> all;
    for (int i = 0; i != 30; ++i) {
        claims.add("c" + std::to_string(i), i);
        all.push_back("/c" + std::to_string(i));
    }
    auto const draft = sd_jwt_prepare(claims, {.disclosable = all, .decoys = {{"", 5}}});
    json::Value const payload = json::parse(draft->payload).value();
    json::Array const& digests = payload.at("_sd").as_array();
    EXPECT_EQ(digests.size(), 35U);
    EXPECT_TRUE(std::ranges::is_sorted(digests, {}, [](json::Value const& v) { return v.as_string(); }));
}

TEST(SdJwtIssue, DecoysLookLikeDigests) {
    auto const draft = sd_jwt_prepare(
        sample(), {.disclosable = {}, .decoys = {{"", 1}, {"/address", 2}, {"/nationalities", 3}}});
    ASSERT_TRUE(draft) << draft.error().message;
    EXPECT_TRUE(draft->disclosures.empty());
    json::Value const payload = json::parse(draft->payload).value();
    EXPECT_EQ(payload.at("_sd").as_array().size(), 1U);
    EXPECT_EQ(payload.at("address").at("_sd").as_array().size(), 2U);
    EXPECT_EQ(payload.at("nationalities").as_array().size(), 5U);
    EXPECT_EQ(payload.at("nationalities").at(std::size_t{4}).at("...").as_string().size(), 43U);
    test::Issuer const issuer;
    auto const verified = issuer.verify(issuer.token(draft->payload, {}));
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(json::Value(verified->payload), sample());
}

TEST(SdJwtIssue, WithoutAPlanItIsAPlainPayload) {
    auto const draft = sd_jwt_prepare(sample(), {});
    EXPECT_EQ(draft->payload, json::canonical(sample()));
}

struct BadPlan {
    char const* payload;
    std::vector<std::string> disclosable;
    std::vector<Decoys> decoys;
    std::string_view code;
    char const* where;
};

class SdJwtPlanRefusal : public testing::TestWithParam<BadPlan> {};

TEST_P(SdJwtPlanRefusal, NamesReasonAndPlace) {
    auto const draft =
        sd_jwt_prepare(json::parse(GetParam().payload).value(), {GetParam().disclosable, GetParam().decoys});
    ASSERT_FALSE(draft);
    EXPECT_EQ(draft.error().code, GetParam().code);
    EXPECT_EQ(draft.error().where, GetParam().where);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, SdJwtPlanRefusal,
    testing::Values(BadPlan{"[1]", {}, {}, sd_error::bad_claim, ""},
                    BadPlan{R"({"a":{"_sd":1}})", {}, {}, sd_error::bad_claim, "/a/_sd"},
                    BadPlan{R"({"a":[{"...":1}]})", {}, {}, sd_error::bad_claim, "/a/0/..."},
                    BadPlan{R"({"_sd_alg":"sha-256"})", {}, {}, sd_error::bad_claim, "/_sd_alg"},
                    BadPlan{R"({"a":1})", {"/b"}, {}, sd_error::no_such_claim, "/b"},
                    BadPlan{R"({"a":1})", {""}, {}, sd_error::no_such_claim, ""},
                    BadPlan{R"({"a":[1]})", {"/a/1"}, {}, sd_error::no_such_claim, "/a/1"},
                    BadPlan{R"({"a":1})", {"a"}, {}, sd_error::no_such_claim, "a"},
                    BadPlan{R"({"a":1})", {"/a", "/a"}, {}, sd_error::bad_claim, "/a"},
                    BadPlan{R"({"iss":"x"})", {"/iss"}, {}, sd_error::not_disclosable, "/iss"},
                    BadPlan{R"({"exp":1})", {"/exp"}, {}, sd_error::not_disclosable, "/exp"},
                    BadPlan{R"({"status":{"status_list":{"idx":1}}})",
                            {"/status/status_list/idx"},
                            {},
                            sd_error::not_disclosable,
                            "/status/status_list/idx"},
                    BadPlan{R"({"a":1})", {}, {{"/b", 1}}, sd_error::no_such_claim, "/b"},
                    BadPlan{R"({"a":1})", {}, {{"/a", 1}}, sd_error::no_such_claim, "/a"}));

TEST(SdJwtIssue, EverythingComesBackWhenEverythingIsShown) {
    test::Issuer const issuer;
    std::string const token = issuer.issue(
        sample(), {.disclosable = {"/iat", "/name", "/address", "/address/street", "/address/city",
                                   "/nationalities", "/nationalities/0", "/nationalities/1", "/deep/list/0/a",
                                   "/deep/list/0", "/deep/list/1"},
                   .decoys = {{"", 3}, {"/deep/list", 2}, {"/address", 1}}});
    auto const verified = issuer.verify(token);
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(json::Value(verified->payload), sample());
    EXPECT_EQ(verified->disclosed.size(), 11U);
}

}  // namespace
}  // namespace sponsio::crypto
