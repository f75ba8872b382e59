#include "crypto/tokens/sd_jwt.hpp"
#include "crypto/tokens/status_list.hpp"
#include "tests/unit/verify/world.hpp"

namespace sponsio::verify::test {
namespace {

using crypto::Algorithm;
using crypto::KeySigner;
using crypto::PrivateKey;
using crypto::StatusList;
using json::Object;
using json::Value;

constexpr std::int64_t issued = 1'772'413'206;  // 2026-03-02T01:00:06Z
constexpr char const* issuer = "https://sponsio.example";
constexpr char const* list_uri = "https://sponsio.example/v1/status-lists/1";
constexpr std::uint64_t index_in_list = 7;

std::chrono::sys_seconds at(std::int64_t seconds) {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

class RecordCommand : public testing::Test {
  protected:
    RecordCommand() : log_(dir_ / "log") {
        write_keys({{signer_.kid(), signer_.public_key()}});
        issue(payload());
        write_list(0);
        log_.fill(300);
        auto const index = log_.add({"record", "2026-03-02T01:00:06Z", crypto::sha256(as_bytes(jwt()))});
        write_file(proof_, log_.proof(index));
        write_file(entry_, log_.entry(index));
    }

    static Object payload() {
        return {{"iss", issuer},
                {"vct", std::string(issuer) + "/.well-known/vct/false-commitment"},
                {"iat", issued},
                {"subject", Object{{"kind", "natural_person"}, {"name", "张三"}}},
                {"matter", "GZF-2026-01"},
                {"status", crypto::StatusReference{index_in_list, list_uri}.to_json()}};
    }

    void issue(Object const& claims, crypto::Signer const* signer = nullptr) {
        auto const draft =
            crypto::sd_jwt_prepare(claims, {.disclosable = {"/subject/name", "/matter"}}).value();
        token_ = crypto::sd_jwt_sign(draft, signer ? *signer : signer_);
        write_file(record_, token_ + "\n");
    }

    [[nodiscard]] std::string jwt() const { return token_.substr(0, token_.find('~')); }

    void write_keys(std::vector<crypto::PublishedKey> keys) {
        write_file(jwks_, json::write(crypto::Jwks(std::move(keys)).to_json()));
    }

    void write_list(std::uint8_t status, std::string const& uri = list_uri, std::size_t size = 100) {
        StatusList list(size, 4);
        if (index_in_list < size) list.set(index_in_list, status);
        crypto::StatusListClaims const claims{
            .uri = uri, .issued = at(issued + 60), .expires = at(issued + 3600)};
        write_file(list_, crypto::status_list_token(list, claims, signer_));
    }

    /// The record alone, as of shortly after its issue.
    [[nodiscard]] Outcome check(std::vector<std::string> const& more = {}) const {
        std::vector<std::string> arguments{"record", record_, "--jwks",
                                           jwks_,    "--at",  "2026-03-02T01:10:00Z"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_json(arguments);
    }

    [[nodiscard]] Outcome check_listed() const { return check({"--status-list", list_}); }

    [[nodiscard]] Outcome check_logged(std::string const& vkey) const {
        return check({"--proof", proof_, "--entry", entry_, "--vkey", vkey});
    }

    TempDir dir_;
    TestLog log_;
    KeySigner signer_{PrivateKey::generate(Algorithm::es256)};
    std::string token_;
    std::string const record_ = dir_ / "record.sd-jwt";
    std::string const jwks_ = dir_ / "jwks.json";
    std::string const list_ = dir_ / "status-list.jwt";
    std::string const proof_ = dir_ / "record.tlog-proof";
    std::string const entry_ = dir_ / "record.entry";
};

TEST_F(RecordCommand, ShowsSignatureAndDisclosures) {
    Outcome const outcome = check();
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "proven", "signed by https://sponsio.example on 2026-03-02T01:00:06Z"));
    EXPECT_TRUE(tells(outcome, "proven", "each of its 2 disclosures"));
    EXPECT_TRUE(tells(outcome, "not_proven", list_uri));
    EXPECT_TRUE(tells(outcome, "not_proven", "in the log"));
    EXPECT_TRUE(tells(outcome, "not_proven", "the key set is the issuer's"));
    EXPECT_EQ(outcome.answer.at("claims").at("subject").at("name").as_string(), "张三");
}

TEST_F(RecordCommand, ShowsStatusAndPlaceInTheLog) {
    Outcome const outcome = check({"--issuer", issuer, "--status-list", list_, "--proof", proof_, "--entry",
                                   entry_, "--vkey", log_.vkey()});
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "proven",
                      "its status was \"valid\" when the list was signed at 2026-03-02T01:01:06Z"));
    EXPECT_TRUE(tells(outcome, "proven", "entry 300 of the 301"));
    EXPECT_FALSE(tells(outcome, "not_proven", "key set"));
    EXPECT_EQ(outcome.answer.at("status").at("value"), Value(0));
}

TEST_F(RecordCommand, HoldsWhateverIsLeftUndisclosed) {
    std::string const full = token_;
    for (std::vector<std::string> const& shown : std::vector<std::vector<std::string>>{{}, {"/matter"}}) {
        write_file(record_, crypto::sd_jwt_present(full, shown).value());
        Outcome const outcome = check_logged(log_.vkey());
        expect_proven(outcome);
        EXPECT_EQ(outcome.answer.at("disclosed").as_array().size(), shown.size());
        EXPECT_EQ(outcome.answer.at("claims").at("subject").find("name"), nullptr);
    }
}

TEST_F(RecordCommand, RefutesWhatWasChanged) {
    auto const parts = crypto::sd_jwt_parse(token_).value();
    auto const with_disclosure = [&](std::string const& text) {
        write_file(record_, parts.jwt + "~" + text + "~");
        return check();
    };
    auto const disclosure = to_string(from_base64url(parts.disclosures.at(0)).value());
    expect_refuted(with_disclosure(to_base64url(as_bytes(replaced(disclosure, "张三", "李四")))),
                   "unreferenced_disclosure");
    expect_refuted(with_disclosure(parts.disclosures[0] + "~" + parts.disclosures[0]),
                   "duplicate_disclosure");
    expect_refuted(with_disclosure("e30"), "bad_disclosure");

    std::string const signature = parts.jwt.substr(parts.jwt.rfind('.') + 1);
    std::string other = signature;
    other[10] = other[10] == 'A' ? 'B' : 'A';
    write_file(record_, replaced(token_, signature, other));
    expect_refuted(check(), "bad_signature");
}

TEST_F(RecordCommand, SaysNothingOfHalfARecordOrOfAnotherThing) {
    auto const half = [&](std::size_t size) {
        write_file(record_, token_.substr(0, size));
        return check();
    };
    expect_not_checked(half(100), "malformed_sd_jwt");
    expect_not_checked(half(jwt().size()), "malformed_sd_jwt");
    expect_not_checked(half(token_.size() - 9), "malformed_jws");  // in the last disclosure
    write_file(record_, read_file(list_));
    expect_not_checked(check(), "malformed_sd_jwt");
    write_file(record_, token_);
    expect_not_checked_in_place_of(record_, [&] { return check(); });
    expect_not_checked_in_place_of(list_, [&] { return check_listed(); });
    expect_not_checked_in_place_of(jwks_, [&] { return check(); });
    expect_not_checked_in_place_of(proof_, [&] { return check_logged(log_.vkey()); });
    expect_proven(check_logged(log_.vkey()));
}

TEST_F(RecordCommand, RefutesAnotherIssuerAndAnotherKey) {
    expect_refuted(check({"--issuer", "https://other.example"}), "wrong_issuer");
    KeySigner const thief(PrivateKey::generate(Algorithm::es256), signer_.kid());
    issue(payload(), &thief);
    expect_refuted(check(), "bad_signature");
    KeySigner const stranger(PrivateKey::generate(Algorithm::es256));
    issue(payload(), &stranger);
    expect_not_checked(check(), "unknown_key");
}

TEST_F(RecordCommand, RefutesADateOutsideTheTimeOfTheKey) {
    write_keys({{signer_.kid(), signer_.public_key(), {}, at(issued)}});
    expect_refuted(check(), "key_not_in_use");
    write_keys({{signer_.kid(), signer_.public_key(), at(issued + 1)}});
    expect_refuted(check(), "key_not_in_use");
    write_keys({{signer_.kid(), signer_.public_key(), at(issued), at(issued + 1)}});
    expect_proven(check());
    // The list is of a minute later.
    expect_refuted(check_listed(), "key_not_in_use");
}

TEST_F(RecordCommand, RefutesARecordThatMustNotBeUsed) {
    write_list(crypto::status_value::invalid);
    expect_refuted(check_listed(), "record_invalid");
    write_list(crypto::status_value::suspended);
    expect_refuted(check_listed(), "record_suspended");
}

TEST_F(RecordCommand, TellsOtherStatuses) {
    for (auto const& [value, word] : std::vector<std::pair<std::uint8_t, std::string>>{
             {3, "repaired"}, {12, "objected"}, {13, "remedy_pending"}, {15, "unknown"}}) {
        write_list(value);
        Outcome const outcome = check_listed();
        expect_proven(outcome);
        EXPECT_EQ(outcome.answer.at("status").at("value"), Value(value));
        EXPECT_EQ(outcome.answer.at("status").at("word").as_string(), word);
    }
}

TEST_F(RecordCommand, RefutesAListThatIsNotTheIssuers) {
    std::string const good = read_file(list_);
    auto const dot = good.rfind('.');
    write_file(list_, good.substr(0, dot + 1) + (good[dot + 1] == 'A' ? 'B' : 'A') + good.substr(dot + 2));
    expect_refuted(check_listed(), "bad_signature");
    write_file(list_, jwt());
    expect_not_checked(check_listed(), "wrong_typ");
    write_list(0, list_uri, 2);
    expect_refuted(check_listed(), "not_in_status_list");
}

TEST_F(RecordCommand, SaysWhenAnotherListIsNeeded) {
    write_list(0, "https://sponsio.example/v1/status-lists/2");
    expect_not_checked(check_listed(), "wrong_status_list");
    write_list(0);
    expect_not_checked(run_json({"record", record_, "--jwks", jwks_, "--status-list", list_, "--at",
                                 "2026-03-03T01:00:06Z"}),
                       "expired");
    Object claims = payload();
    claims.erase("status");
    issue(claims);
    expect_proven(check());
    expect_not_checked(check_listed(), "no_status_claim");
}

TEST_F(RecordCommand, RefutesAnEntryThatIsNotOfThisRecord) {
    expect_not_checked(check_logged(TestLog::foreign_vkey()), "not_signed");
    flip(entry_, 20);
    expect_refuted(check_logged(log_.vkey()), "not_included");
    write_file(proof_, log_.proof(5));
    write_file(entry_, log_.entry(5));
    expect_refuted(check_logged(log_.vkey()), "another_entry");
    // The digest fits, the kind does not.
    auto const index = log_.add({"status", "2026-03-02T01:00:06Z", crypto::sha256(as_bytes(jwt()))});
    write_file(proof_, log_.proof(index));
    write_file(entry_, log_.entry(index));
    expect_refuted(check_logged(log_.vkey()), "another_entry");
}

TEST_F(RecordCommand, SaysWhatIsMissing) {
    expect_not_checked(check({"--proof", proof_}), "incomplete");
    expect_not_checked(check({"--vkey", log_.vkey()}), "incomplete");
    expect_not_checked(run_json({"record", record_, "--jwks", record_}), "bad_key_set");
    expect_not_checked(run_json({"record", record_, "--jwks", jwks_, "--at", "2026-3-2T01:00:06Z"}),
                       "bad_time");
    expect_not_checked(run_json({"record", record_, "--jwks", jwks_, "--at", "2026-02-30T01:00:06Z"}),
                       "bad_time");
    expect_not_checked(run_json({"record", dir_ / "none", "--jwks", jwks_}), "no_file");
}

TEST_F(RecordCommand, SaysNothingByAClockThatGoesWrong) {
    expect_not_checked(run_json({"record", record_, "--jwks", jwks_, "--at", "2026-03-01T01:00:06Z"}),
                       "not_yet_valid");
}

TEST_F(RecordCommand, RefutesAnExpiredRecordAsGenuine) {
    Object claims = payload();
    claims.add("exp", issued + 60);
    issue(claims);
    Outcome const outcome = check();
    expect_refuted(outcome, "expired");
    EXPECT_NE(outcome.answer.at("error").as_string().find("is genuine, but must not be used"),
              std::string::npos);
}

}  // namespace
}  // namespace sponsio::verify::test
