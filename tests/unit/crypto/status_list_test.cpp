#include "crypto/tokens/status_list.hpp"

#include "crypto/keys/signer.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr char const* uri = "https://example.cn/v1/status-lists/1";

std::chrono::sys_seconds at(std::int64_t seconds) {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

Result<StatusList> list_of(std::string_view lst, unsigned bits, std::size_t max_bytes = mebibyte) {
    return StatusList::from_compressed(from_base64url(lst).value(), bits, max_bytes);
}

// draft-ietf-oauth-status-list §4.1 and §4.2: 16 statuses of one bit.
TEST(StatusList, OneBitExampleOfTheDraft) {
    StatusList list(16, 1);
    for (std::size_t const i : {0U, 3U, 4U, 5U, 7U, 8U, 9U, 13U, 15U}) list.set(i, status_value::invalid);
    EXPECT_EQ(to_hex(list.packed()), "b9a3");
    EXPECT_EQ(to_hex(list.compressed()), "78dadbb918000217015d");
    EXPECT_EQ(list_of("eNrbuRgAAhcBXQ", 1).value(), list);
}

// The same place: 12 statuses of two bits.
TEST(StatusList, TwoBitExampleOfTheDraft) {
    std::vector<std::uint8_t> const statuses{1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
    StatusList list(statuses.size(), 2);
    for (std::size_t i = 0; i != statuses.size(); ++i) list.set(i, statuses[i]);
    EXPECT_EQ(to_hex(list.packed()), "c944f9");
    EXPECT_EQ(to_hex(list.compressed()), "78da3be9f2130003df0207");
    EXPECT_EQ(list_of("eNo76fITAAPfAgc", 2).value(), list);
}

// The appendix of the draft; the file names it.
TEST(StatusList, TestVectorsOfTheDraft) {
    auto const rows = test::golden_table("status_list.txt");
    ASSERT_EQ(rows.size(), 4U);
    for (auto const& row : rows) {
        auto const bits = static_cast<unsigned>(std::stoul(row[0]));
        StatusList built(mebibyte, bits);
        for (std::size_t i = 2; i != row.size(); ++i) {
            auto const colon = row[i].find(':');
            built.set(std::stoul(row[i].substr(0, colon)),
                      static_cast<std::uint8_t>(std::stoul(row[i].substr(colon + 1))));
        }
        auto const read = list_of(row[1], bits);
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(read->size(), mebibyte);
        EXPECT_TRUE(*read == built) << bits << " bits";
        EXPECT_TRUE(StatusList::from_compressed(built.compressed(), bits, mebibyte).value() == built);
    }
}

TEST(StatusList, EveryStatusOfEveryWidthStaysInItsPlace) {
    for (unsigned const bits : {1U, 2U, 4U, 8U}) {
        std::size_t const values = std::size_t{1} << bits;
        StatusList list(3 * values, bits);
        for (int round = 0; round != 2; ++round)  // the second time over what is there
            for (std::size_t i = 0; i != list.size(); ++i)
                list.set(i, static_cast<std::uint8_t>((i * 7 + static_cast<std::size_t>(round)) % values));
        for (std::size_t i = 0; i != list.size(); ++i) EXPECT_EQ(list.get(i), (i * 7 + 1) % values) << i;
        EXPECT_TRUE(StatusList::from_packed(list.packed(), bits) == list);
    }
}

TEST(StatusList, RoundsUpToBytesAndKeepsToItsBounds) {
    StatusList list(9, 2);
    EXPECT_EQ(list.size(), 12U);
    EXPECT_EQ(StatusList(0, 4).size(), 0U);
    EXPECT_EQ(list.find(11), status_value::valid);
    EXPECT_FALSE(list.find(12));
    EXPECT_FALSE(list.find(UINT64_MAX));
    EXPECT_THROW((void)list.get(12), Failure);
    EXPECT_THROW(list.set(12, 0), Failure);
    EXPECT_THROW(list.set(0, 4), Failure);
    for (unsigned const bits : {0U, 3U, 16U}) EXPECT_THROW(StatusList(8, bits), Failure);
}

TEST(StatusList, UnpacksOneWholeStreamOfLimitedSizeOnly) {
    Bytes const good = StatusList(mebibyte, 8).compressed();
    EXPECT_LT(good.size(), 2'000U) << "a small stream that becomes large";
    EXPECT_TRUE(StatusList::from_compressed(good, 8, mebibyte));
    EXPECT_TRUE(StatusList::from_compressed(good, 8, SIZE_MAX));
    EXPECT_EQ(StatusList::from_compressed(good, 8, mebibyte - 1).error().code, status_error::too_large);
    EXPECT_EQ(StatusList::from_compressed(good, 8, 0).error().code, status_error::too_large);

    Bytes const whole = StatusList::from_packed(to_bytes("not all the same"), 8).compressed();
    auto const refused = [](Bytes const& zlib) {
        auto const list = StatusList::from_compressed(zlib, 8, mebibyte);
        return !list && list.error().code == status_error::bad_compression;
    };
    EXPECT_FALSE(refused(whole));
    for (std::size_t length = 0; length != whole.size(); ++length)
        EXPECT_TRUE(refused(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))));
    Bytes longer = whole;
    longer.push_back(0);
    EXPECT_TRUE(refused(longer));
    Bytes checksum = whole;
    checksum.back() ^= 1;
    EXPECT_TRUE(refused(checksum));
    EXPECT_TRUE(refused(Bytes(whole.begin() + 2, whole.end()))) << "DEFLATE without zlib around it";
}

class StatusListToken : public testing::Test {
  protected:
    /// Any payload, signed well.
    [[nodiscard]] Result<VerifiedStatusList> verify(std::string_view payload,
                                                    std::string_view typ = status_list_type) const {
        return verify_token(jws_sign(typ, payload, signer_));
    }

    [[nodiscard]] Result<VerifiedStatusList> verify_token(std::string_view token) const {
        return verify_status_list(token, resolver(signer_.public_key()), policy_);
    }

    static KeyResolver resolver(PublicKey const& key) {
        return [key](std::string_view) { return std::optional(key); };
    }

    /// The claims with one replaced, or left out when there is no value.
    [[nodiscard]] std::string with(std::string_view name, std::optional<json::Value> value) const {
        json::Value payload = json::parse(status_list_payload(list_, claims_)).value();
        if (value)
            payload.as_object().set(name, *std::move(value));
        else
            payload.as_object().erase(name);
        return json::write(payload);
    }

    KeySigner const signer_{PrivateKey::generate(Algorithm::es256)};
    StatusList const list_{16, 4};
    StatusListClaims const claims_{
        .uri = uri, .issued = at(1000), .expires = at(5000), .ttl = std::chrono::hours(1)};
    StatusListPolicy policy_{.uri = uri, .now = at(2000)};
};

TEST_F(StatusListToken, SaysWhatTheDraftAsksFor) {
    // The claims of the example in draft §5.1.
    StatusList list(16, 1);
    for (std::size_t const i : {0U, 3U, 4U, 5U, 7U, 8U, 9U, 13U, 15U}) list.set(i, 1);
    StatusListClaims const claims{.uri = "https://example.com/statuslists/1",
                                  .issued = at(1686920170),
                                  .expires = at(2291720170),
                                  .ttl = std::chrono::seconds(43200)};
    EXPECT_EQ(status_list_payload(list, claims),
              R"({"exp":2291720170,"iat":1686920170,"status_list":{"bits":1,"lst":"eNrbuRgAAhcBXQ"},)"
              R"("sub":"https://example.com/statuslists/1","ttl":43200})");
    auto const jws = jws_parse(status_list_token(list, claims, signer_)).value();
    EXPECT_EQ(jws.header.at("typ").as_string(), "statuslist+jwt");
    EXPECT_EQ(as_text(jws.payload), status_list_payload(list, claims));
    EXPECT_THROW(status_list_payload(list, {.uri = uri, .issued = at(1), .ttl = std::chrono::seconds(0)}),
                 Failure);
}

TEST_F(StatusListToken, IsVerified) {
    StatusList list = list_;
    list.set(3, status_value::application_specific_0c);
    auto const read = verify_token(status_list_token(list, claims_, signer_));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(read->list == list);
    EXPECT_EQ(read->claims.uri, uri);
    EXPECT_EQ(read->claims.issued, at(1000));
    EXPECT_EQ(read->claims.expires, at(5000));
    EXPECT_EQ(read->claims.ttl, std::chrono::hours(1));
    auto const plain = verify_token(status_list_token(list, {.uri = uri, .issued = at(1000)}, signer_));
    ASSERT_TRUE(plain) << plain.error().message;
    EXPECT_FALSE(plain->claims.expires);
    EXPECT_FALSE(plain->claims.ttl);
}

TEST_F(StatusListToken, HasItsSignatureItsTypeAndItsPlace) {
    KeySigner const other{PrivateKey::generate(Algorithm::es256)};
    EXPECT_EQ(verify_token(status_list_token(list_, claims_, other)).error().code, jws_error::bad_signature);
    std::string const payload = status_list_payload(list_, claims_);
    EXPECT_EQ(verify(payload, "JWT").error().code, jws_error::wrong_type);
    EXPECT_TRUE(verify(payload, "application/statuslist+jwt"));
    policy_.uri = "https://example.cn/v1/status-lists/2";
    EXPECT_EQ(verify(payload).error().code, status_error::wrong_list);
}

TEST_F(StatusListToken, HasItsTime) {
    std::string const payload = status_list_payload(list_, claims_);
    auto const on = [&](std::int64_t now) {
        policy_.now = at(now);
        auto const read = verify(payload);
        return read ? std::string_view("good") : read.error().code;
    };
    EXPECT_EQ(on(939), status_error::not_yet_valid);
    EXPECT_EQ(on(940), "good");
    EXPECT_EQ(on(5059), "good");
    EXPECT_EQ(on(5060), status_error::expired);
    policy_.now.reset();
    EXPECT_TRUE(verify(payload));
}

TEST_F(StatusListToken, ClaimsAreRequiredAndOfTheirForm) {
    json::Value const good = json::parse(status_list_payload(list_, claims_)).value();
    std::string const lst = good.at("status_list").at("lst").as_string();

    struct Case {
        std::string payload;
        std::string where;
    };

    std::vector<Case> const cases{
        {"[]", ""},
        {with("sub", {}), "/sub"},
        {with("sub", 1), "/sub"},
        {with("iat", {}), "/iat"},
        {with("iat", -1), "/iat"},
        {with("exp", "5000"), "/exp"},
        {with("ttl", 0), "/ttl"},
        {with("ttl", "60"), "/ttl"},
        {with("status_list", {}), "/status_list"},
        {with("status_list", "x"), "/status_list"},
        {with("status_list", json::Object{{"lst", lst}}), "/status_list/bits"},
        {with("status_list", json::Object{{"bits", 3}, {"lst", lst}}), "/status_list/bits"},
        {with("status_list", json::Object{{"bits", 4}}), "/status_list/lst"},
        {with("status_list", json::Object{{"bits", 4}, {"lst", lst + "="}}), "/status_list/lst"},
    };
    for (auto const& [payload, where] : cases) {
        auto const read = verify(payload);
        ASSERT_FALSE(read) << payload;
        EXPECT_EQ(read.error().code, status_error::bad_claim) << payload;
        EXPECT_EQ(read.error().where, where) << payload;
    }
    EXPECT_EQ(verify(with("status_list", json::Object{{"bits", 4}, {"lst", "AAAA"}})).error().code,
              status_error::bad_compression);
    EXPECT_TRUE(verify(with("aggregation_uri", "https://example.cn/all"))) << "others may stand beside";
}

TEST_F(StatusListToken, IsLimitedInBothSizes) {
    std::string const token = status_list_token(StatusList(mebibyte, 8), claims_, signer_);
    EXPECT_TRUE(verify_token(token));
    policy_.max_list_bytes = mebibyte - 1;
    EXPECT_EQ(verify_token(token).error().code, status_error::too_large);
    policy_.max_token_bytes = token.size() - 1;
    EXPECT_EQ(verify_token(token).error().code, json::error::too_large);
}

TEST(StatusReference, GoesThroughTheClaim) {
    StatusReference const reference{.index = 412, .uri = uri};
    // The form of draft §6.2.
    EXPECT_EQ(json::write(reference.to_json()),
              R"({"status_list":{"idx":412,"uri":"https://example.cn/v1/status-lists/1"}})");
    EXPECT_EQ(StatusReference::parse(reference.to_json()).value(), reference);
    json::Object more = reference.to_json();
    more.add("other_mechanism", json::Object{});
    EXPECT_EQ(StatusReference::parse(more).value(), reference);
}

TEST(StatusReference, IsReadStrictly) {
    auto const refused_at = [](std::string_view json) {
        auto const read = StatusReference::parse(json::parse(json).value());
        EXPECT_FALSE(read) << json;
        return read ? std::string("nowhere") : read.error().where;
    };
    EXPECT_EQ(refused_at("[]"), "/status_list");
    EXPECT_EQ(refused_at("{}"), "/status_list");
    EXPECT_EQ(refused_at(R"({"status_list":1})"), "/status_list");
    EXPECT_EQ(refused_at(R"({"status_list":{"uri":"u"}})"), "/status_list/idx");
    EXPECT_EQ(refused_at(R"({"status_list":{"idx":-1,"uri":"u"}})"), "/status_list/idx");
    EXPECT_EQ(refused_at(R"({"status_list":{"idx":"1","uri":"u"}})"), "/status_list/idx");
    EXPECT_EQ(refused_at(R"({"status_list":{"idx":1}})"), "/status_list/uri");
    EXPECT_EQ(refused_at(R"({"status_list":{"idx":1,"uri":""}})"), "/status_list/uri");
}

}  // namespace
}  // namespace sponsio::crypto
