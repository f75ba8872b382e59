#include "crypto/digest.hpp"
#include "tests/unit/crypto/sd_jwt_support.hpp"

#include <gtest/gtest.h>

/// Every refusal of RFC 9901 §7.1: tokens whose signature is good and whose content is not.
namespace sponsio::crypto {
namespace {

using test::disclosure_of;

/// A JSON text in which @0, @1, ... stand for the digests of the disclosures.
std::string with_digests(std::string text, std::vector<std::string> const& disclosures) {
    for (std::size_t i = 0; i != disclosures.size(); ++i) {
        std::string const mark = '@' + std::to_string(i);
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
            text.replace(at, mark.size(), to_base64url(sha256(as_bytes(disclosures[i]))));
    }
    return text;
}

struct BadToken {
    char const* name;
    std::string_view code;
    std::string payload;
    std::vector<std::string>
        disclosures;  ///< JSON texts; @n stands for the digest of the n-th, which comes before
};

class SdJwtRefusal : public testing::TestWithParam<BadToken> {};

std::vector<std::string> encode(std::vector<std::string> const& texts) {
    std::vector<std::string> out;
    for (std::string const& text : texts) out.push_back(disclosure_of(with_digests(text, out)));
    return out;
}

TEST_P(SdJwtRefusal, IsNamed) {
    test::Issuer const issuer;
    auto const disclosures = encode(GetParam().disclosures);
    auto const verified =
        issuer.verify(issuer.token(with_digests(GetParam().payload, disclosures), disclosures));
    ASSERT_FALSE(verified) << json::canonical(verified->payload);
    EXPECT_EQ(verified.error().code, GetParam().code) << verified.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, SdJwtRefusal,
    testing::Values(
        BadToken{"UnreferencedDisclosure",
                 sd_error::unreferenced_disclosure,
                 R"({"_sd":["@0"]})",
                 {R"(["s","a",1])", R"(["s","b",1])"}},
        BadToken{"UnreferencedWithoutDigests",
                 sd_error::unreferenced_disclosure,
                 R"({"a":1})",
                 {R"(["s","b",1])"}},
        BadToken{"ChildWithoutItsParent",
                 sd_error::unreferenced_disclosure,
                 R"({"_sd":["x"]})",
                 {R"(["s","b",1])"}},
        BadToken{"DigestTwiceInOneObject",
                 sd_error::duplicate_digest,
                 R"({"_sd":["@0","@0"]})",
                 {R"(["s","a",1])"}},
        BadToken{"DigestTwiceInTwoObjects",
                 sd_error::duplicate_digest,
                 R"({"_sd":["@0"],"o":{"_sd":["@0"]}})",
                 {R"(["s","a",1])"}},
        BadToken{"DigestTwiceWithoutDisclosure",
                 sd_error::duplicate_digest,
                 R"({"_sd":["x"],"l":[{"...":"x"}]})",
                 {}},
        BadToken{"DigestTwiceThroughADisclosure",
                 sd_error::duplicate_digest,
                 R"({"_sd":["@0","@1"]})",
                 {R"(["s","a",1])", R"(["s","o",{"_sd":["@0"]}])"}},
        BadToken{
            "ClaimIsThereAlready", sd_error::claim_collision, R"({"a":2,"_sd":["@0"]})", {R"(["s","a",1])"}},
        BadToken{"TwoDisclosuresOfOneName",
                 sd_error::claim_collision,
                 R"({"_sd":["@0","@1"]})",
                 {R"(["s","a",1])", R"(["t","a",2])"}},
        BadToken{"CollisionInADisclosedObject",
                 sd_error::claim_collision,
                 R"({"_sd":["@1"]})",
                 {R"(["s","a",1])", R"(["s","o",{"a":0,"_sd":["@0"]}])"}},
        BadToken{"NamedSd", sd_error::bad_claim, R"({"_sd":["@0"]})", {R"(["s","_sd",["x"]])"}},
        BadToken{"NamedDots", sd_error::bad_claim, R"({"_sd":["@0"]})", {R"(["s","...","x"])"}},
        BadToken{"NamedSdAlg", sd_error::bad_claim, R"({"_sd":["@0"]})", {R"(["s","_sd_alg","sha-256"])"}},
        BadToken{"MemberAmongElements", sd_error::wrong_place, R"({"l":[{"...":"@0"}]})", {R"(["s","a",1])"}},
        BadToken{"ElementAmongMembers", sd_error::wrong_place, R"({"_sd":["@0"]})", {R"(["s",1])"}},
        BadToken{"IssuerIsDisclosable",
                 sd_error::not_disclosable,
                 R"({"_sd":["@0"]})",
                 {R"(["s","iss","https://x"])"}},
        BadToken{"ExpiryIsDisclosable", sd_error::not_disclosable, R"({"_sd":["@0"]})", {R"(["s","exp",1])"}},
        BadToken{
            "StatusIsDisclosable", sd_error::not_disclosable, R"({"_sd":["@0"]})", {R"(["s","status",{}])"}},
        BadToken{"OtherHash", sd_error::hash_algorithm, R"({"_sd_alg":"sha-512"})", {}},
        BadToken{"HashInCapitals", sd_error::hash_algorithm, R"({"_sd_alg":"SHA-256"})", {}},
        BadToken{"HashIsNoString", sd_error::hash_algorithm, R"({"_sd_alg":["sha-256"]})", {}},
        BadToken{"HashIsNested", sd_error::bad_claim, R"({"o":{"_sd_alg":"sha-256"}})", {}},
        BadToken{"HashIsNestedInADisclosure",
                 sd_error::bad_claim,
                 R"({"_sd":["@0"]})",
                 {R"(["s","o",{"_sd_alg":"sha-256"}])"}},
        BadToken{"DigestsAreNoArray", sd_error::bad_claim, R"({"_sd":"x"})", {}},
        BadToken{"DigestIsNoString", sd_error::bad_claim, R"({"_sd":[1]})", {}},
        BadToken{"DotsInAnObject", sd_error::bad_claim, R"({"o":{"...":"x"}})", {}},
        BadToken{"DotsAtTheTop", sd_error::bad_claim, R"({"...":"x"})", {}},
        BadToken{"DotsNotAlone", sd_error::bad_claim, R"({"l":[{"...":"x","a":1}]})", {}},
        BadToken{"DotsOfNoString", sd_error::bad_claim, R"({"l":[{"...":1}]})", {}},
        BadToken{"DisclosureOfOne", sd_error::bad_disclosure, R"({"_sd":["@0"]})", {R"(["s"])"}},
        BadToken{"DisclosureOfFour", sd_error::bad_disclosure, R"({"_sd":["@0"]})", {R"(["s","a",1,2])"}},
        BadToken{"DisclosureIsAnObject", sd_error::bad_disclosure, R"({"_sd":["@0"]})", {R"({"a":1})"}},
        BadToken{"SaltIsNoString", sd_error::bad_disclosure, R"({"_sd":["@0"]})", {R"([1,"a",1])"}},
        BadToken{"NameIsNoString", sd_error::bad_disclosure, R"({"_sd":["@0"]})", {R"(["s",1,1])"}},
        BadToken{"DisclosureIsNoJson", json::error::syntax, R"({"_sd":["@0"]})", {R"(["s","a",)"}},
        BadToken{"DuplicateMemberInADisclosure",
                 json::error::duplicate_key,
                 R"({"_sd":["@0"]})",
                 {R"(["s","a",{"x":1,"x":2}])"}},
        BadToken{"DuplicateMemberInThePayload", json::error::duplicate_key, R"({"a":1,"a":2})", {}},
        BadToken{"FractionInThePayload", json::error::number_not_integer, R"({"a":1.5})", {}},
        BadToken{"PayloadIsAnArray", sd_error::bad_claim, R"([1])", {}},
        BadToken{"PayloadIsNoJson", json::error::syntax, "rubbish", {}}),
    [](auto const& info) { return std::string(info.param.name); });

class SdJwtText : public testing::Test {
  protected:
    std::string_view code(std::string const& token) {
        auto const verified = issuer_.verify(token);
        return verified ? "taken" : verified.error().code;
    }

    test::Issuer const issuer_;
    std::string const disclosure_ = disclosure_of(R"(["s","a",1])");
    std::string const jwt_ =
        jws_sign("example+sd-jwt", with_digests(R"({"_sd":["@0"]})", {disclosure_}), issuer_.signer());
};

TEST_F(SdJwtText, GoodForms) {
    EXPECT_EQ(code(jwt_ + '~'), "taken");
    EXPECT_EQ(code(jwt_ + '~' + disclosure_ + '~'), "taken");
}

TEST_F(SdJwtText, BadForms) {
    EXPECT_EQ(code(jwt_), sd_error::malformed);
    EXPECT_EQ(code(""), sd_error::malformed);
    EXPECT_EQ(code("~"), jws_error::malformed);
    EXPECT_EQ(code(jwt_ + "~~"), sd_error::malformed);
    EXPECT_EQ(code(jwt_ + '~' + disclosure_ + "~~"), sd_error::malformed);
    EXPECT_EQ(code(jwt_ + '~' + disclosure_ + '~' + disclosure_ + '~'), sd_error::duplicate_disclosure);
    EXPECT_EQ(code(jwt_ + '~' + disclosure_ + "=~"), sd_error::bad_disclosure);
    EXPECT_EQ(code(jwt_ + '~' + disclosure_ + " ~"), sd_error::bad_disclosure);
    EXPECT_EQ(code(jwt_ + '~' + disclosure_of(R"(["s","a",2])") + '~'), sd_error::unreferenced_disclosure);
    EXPECT_EQ(code(jwt_.substr(0, jwt_.size() - 1) + '~'), jws_error::malformed);
}

TEST_F(SdJwtText, OtherSpellingOfADisclosureIsAnotherDisclosure) {
    EXPECT_EQ(code(jwt_ + '~' + disclosure_of(R"([ "s","a",1])") + '~'), sd_error::unreferenced_disclosure);
}

TEST_F(SdJwtText, SignatureIsOfTheIssuer) {
    test::Issuer const other;
    EXPECT_EQ(sd_jwt_verify(jwt_ + '~', other.keys(), {.jws = {.typ = "example+sd-jwt"}}).error().code,
              jws_error::bad_signature);
    EXPECT_EQ(sd_jwt_verify(jwt_ + '~', issuer_.keys(), {.jws = {.typ = "dc+sd-jwt"}}).error().code,
              jws_error::wrong_type);
}

TEST_F(SdJwtText, SizeIsLimited) {
    SdJwtPolicy const policy{.jws = {.typ = "example+sd-jwt"}, .limits = {.max_bytes = jwt_.size()}};
    EXPECT_EQ(sd_jwt_verify(jwt_ + '~', issuer_.keys(), policy).error().code, json::error::too_large);
}

TEST(SdJwtDepth, ChainsOfDisclosuresAreLimitedToo) {
    test::Issuer const issuer;
    std::vector<std::string> disclosures{disclosure_of(R"(["s","leaf",1])")};
    for (int i = 0; i != 40; ++i)
        disclosures.push_back(
            disclosure_of(with_digests(R"(["s","o",{"_sd":["@0"]}])", {disclosures.back()})));
    auto const verified =
        issuer.verify(issuer.token(with_digests(R"({"_sd":["@0"]})", {disclosures.back()}), disclosures));
    EXPECT_EQ(verified.error().code, json::error::too_deep);
}

}  // namespace
}  // namespace sponsio::crypto
