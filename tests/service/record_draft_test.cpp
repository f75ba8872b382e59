#include "crypto/tokens/sd_jwt.hpp"
#include "server/service/records/issue_draft.hpp"
#include "tests/service/record_world.hpp"
#include "tests/support/record_facts.hpp"

#include <gmock/gmock.h>

#include <type_traits>

namespace sponsio::testing {
namespace {

using crypto::Algorithm;
using domain::RecordFacts;
using service::DraftDocument;
using service::DraftDoubt;
using service::lint_draft;
using service::LintedDraft;
using service::sign_draft;
using service::StoredDraft;
using ::testing::HasSubstr;
using ::testing::Not;

// The token cannot be made, copied or put back by anybody else.
static_assert(!std::is_copy_constructible_v<LintedDraft> && !std::is_copy_assignable_v<LintedDraft> &&
              !std::is_move_assignable_v<LintedDraft> && !std::is_default_constructible_v<LintedDraft> &&
              !std::is_constructible_v<LintedDraft, DraftDocument, RecordFacts>);

Bytes const seed(32, 0x5e);

class RecordDraft : public ::testing::Test {
  protected:
    DraftDocument document(RecordFacts const& facts = record_facts()) {
        return DraftDocument::derive(facts, signer.kid(), signer.algorithm(), seed);
    }

    StoredDraft stored(DraftDocument const& from) {
        std::string bytes = from.canonical();
        auto const digest = crypto::sha256(as_bytes(bytes));
        return {std::move(bytes), digest, from.kid()};
    }

    LintedDraft linted() { return std::get<LintedDraft>(lint_draft(stored(document()), record_facts())); }

    /// The doubt about a stored draft, as a word; "none" if it got its token.
    static std::string doubt(StoredDraft draft, RecordFacts facts = record_facts()) {
        auto const verdict = lint_draft(draft, std::move(facts));
        if (std::holds_alternative<LintedDraft>(verdict)) return "none";
        return std::string(std::get<DraftDoubt>(verdict).rule);
    }

    [[nodiscard]] crypto::KeyResolver published() const {
        return crypto::Jwks({{signer.kid(), signer.public_key()}}).resolver();
    }

    WatchedSigner signer;
};

/// Fixed salts and a fixed key id give fixed bytes: a change of what is signed shows here.
TEST_F(RecordDraft, SignsTheAgreedPayload) {
    DraftDocument const golden = DraftDocument::derive(record_facts(), "golden-kid", Algorithm::es256, seed);
    std::string const header = golden.signing_input().substr(0, golden.signing_input().find('.'));
    EXPECT_EQ(to_string(*from_base64url(header)), R"({"alg":"ES256","kid":"golden-kid","typ":"dc+sd-jwt"})");
    EXPECT_EQ(
        golden.payload(),
        R"({"_sd":["-IKSlxMRbHQyW7HWozp8TEXoCRUKZmvjuzYvMpLPTKM","8DHa7WpKc4wRyFIEgwv80Qp4cebs8kNmEpqDz2jy7fY","u86L6UozE-evioaNuNIwh7DL0mDVfVI7IjRJZ8-72Kc"],)"
        R"("_sd_alg":"sha-256",)"
        R"("commitment_code":"11010520260302000001",)"
        R"("finding":{"decided_on":"2026-04-14","decision_number":"示例住保决字〔2026〕1号",)"
        R"("effective_on":"2026-10-16",)"
        R"("kind":"false_statement","served_on":"2026-04-15",)"
        R"("severity":"general"},)"
        R"("iat":1792080001,)"
        R"("identifying_unit":{"name":"示例区住房和城乡建设委员会","uscc":"111101050000000191"},)"
        R"("iss":"https://sponsio.example",)"
        R"("jti":"urn:uuid:0199e0a0-0000-7000-8000-000000000001",)"
        R"("legal_basis":[{"article":"第四十四条","law":"优化营商环境条例"}],)"
        R"("retention":{"rule":"retention.negative 5 years; cn-national 2026.1","until":"2031-10-16"},)"
        R"("status":{"status_list":{"idx":4711,"uri":"https://sponsio.example/v1/status-lists/1"}},)"
        R"("subject":{"_sd":["Mrrnu2Vv7RGfxv-W0QqZjbBfp1JjQsxrUTQZA78xMoA","V4oD5EM4T5gWeaYh-YVuDGAcZoEpIWE1KUIUTRG8omE","l-tWRyQ64eO99yw0Za-npRO51wTWe8320JqXNjcAhF4","uiC4xBCh6o-stQEENc667s1q8diqb3gthJgpBobWiCc","w4hUJ-LbwftV6iF0amZGPzxwksQGMg5BA-6lZHWt3V0"],)"
        R"("kind":"natural_person"},)"
        R"("vct":"https://sponsio.example/.well-known/vct/false-commitment"})");
    ASSERT_EQ(golden.disclosures().size(), 4u);
}

TEST_F(RecordDraft, NamesNobodyInWhatIsSigned) {
    EXPECT_THAT(document().payload(), Not(HasSubstr("欧阳示例")));
    EXPECT_THAT(document().payload(), Not(HasSubstr("11010519491231002X")));
    EXPECT_THAT(document().payload(), Not(HasSubstr("公租房")));
}

TEST_F(RecordDraft, FollowsFromItsSeed) {
    EXPECT_EQ(document().canonical(), document().canonical());
    DraftDocument const other =
        DraftDocument::derive(record_facts(), signer.kid(), signer.algorithm(), Bytes(32, 0x5f));
    DraftDocument const first = document();
    EXPECT_NE(first.payload(), other.payload());
    for (std::string const& disclosure : first.disclosures())
        EXPECT_THAT(other.disclosures(), Not(::testing::Contains(disclosure)));
}

TEST_F(RecordDraft, IsReadBackOnlyAsItWasWritten) {
    std::string const bytes = document().canonical();
    auto const again = DraftDocument::parse(bytes);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->canonical(), bytes);
    EXPECT_EQ(again->payload(), document().payload());
    EXPECT_FALSE(DraftDocument::parse(bytes + " "));
    EXPECT_FALSE(DraftDocument::parse("{}"));
    EXPECT_FALSE(DraftDocument::parse("[]"));
    EXPECT_FALSE(DraftDocument::parse(""));
}

TEST_F(RecordDraft, IsDoubtedWhenAnythingDiffers) {
    EXPECT_EQ(doubt(stored(document())), "none");
    StoredDraft draft = stored(document());
    draft.digest[0] ^= 1;
    EXPECT_EQ(doubt(draft), "draft_altered");
    draft = stored(document());
    draft.kid = "another";
    EXPECT_EQ(doubt(draft), "draft_altered");
    draft = stored(document());
    draft.document[draft.document.size() / 2] ^= 1;
    EXPECT_EQ(doubt(draft), "draft_altered");
}

/// Somebody with every right in the database writes a whole new draft, digest and all: it says what the
/// finding does not.
TEST_F(RecordDraft, IsDoubtedWhenItSaysWhatTheFindingDoesNot) {
    RecordFacts other = record_facts();
    other.subject_name = "张三";
    EXPECT_EQ(doubt(stored(document(other))), "facts_changed");
    other = record_facts();
    other.severity = domain::Severity::serious;
    EXPECT_EQ(doubt(stored(document(other))), "facts_changed");
}

TEST_F(RecordDraft, IsLintedAgain) {
    RecordFacts broken = record_facts();
    broken.reviewed_by = broken.drafted_by;
    EXPECT_EQ(doubt(stored(document(broken)), broken), "three_persons");
}

TEST_F(RecordDraft, TheTokenSignsExactlyOnce) {
    LintedDraft token = linted();
    LintedDraft moved = std::move(token);
    EXPECT_TRUE(token.spent());
    EXPECT_EQ(said(sign_draft(std::move(token), signer, published())), "internal");
    EXPECT_EQ(signer.signatures, 0);
    EXPECT_EQ(said(sign_draft(std::move(moved), signer, published())), "ok");
    EXPECT_TRUE(moved.spent());
    EXPECT_EQ(signer.signatures, 1);
}

TEST_F(RecordDraft, TheTokenIsForTheKeyItNames) {
    WatchedSigner const other;
    EXPECT_EQ(said(sign_draft(linted(), other, published())), "internal");
    EXPECT_EQ(other.signatures, 0);
}

TEST_F(RecordDraft, ExactlyTheStoredBytesAreSigned) {
    std::string signed_bytes;
    signer.before_signing = [&](ByteView bytes) { signed_bytes = to_string(bytes); };
    auto const record = sign_draft(linted(), signer, published());
    ASSERT_TRUE(record);
    EXPECT_EQ(signed_bytes, document().signing_input());
    EXPECT_TRUE(record->sd_jwt.starts_with(signed_bytes + "."));
    auto const read = crypto::sd_jwt_verify(record->sd_jwt, published(), crypto::SdJwtPolicy{});
    ASSERT_TRUE(read);
    EXPECT_EQ(domain::Json(read->payload), domain::record_payload(record_facts()));
}

TEST_F(RecordDraft, ASignatureThatDoesNotVerifyIsDropped) {
    signer.spoil = true;
    EXPECT_EQ(said(sign_draft(linted(), signer, published())), "internal");
    EXPECT_EQ(signer.signatures, 1);
}

TEST_F(RecordDraft, ASignatureByAKeyNobodyCanFindIsDropped) {
    EXPECT_EQ(said(sign_draft(linted(), signer, crypto::Jwks().resolver())), "internal");
    WatchedSigner const other;
    auto const wrong = crypto::Jwks({{signer.kid(), other.public_key()}}).resolver();
    EXPECT_EQ(said(sign_draft(linted(), signer, wrong)), "internal");
}

TEST_F(RecordDraft, Ed25519SignsToo) {
    WatchedSigner const other(Algorithm::ed25519);
    DraftDocument const draft = DraftDocument::derive(record_facts(), other.kid(), other.algorithm(), seed);
    auto token = lint_draft(stored(draft), record_facts());
    auto const keys = crypto::Jwks({{other.kid(), other.public_key()}}).resolver();
    EXPECT_EQ(said(sign_draft(std::get<LintedDraft>(std::move(token)), other, keys)), "ok");
}

/// What each reader gets is the same signature with fewer disclosures.
TEST_F(RecordDraft, ShowsEachReaderOnlyTheirPart) {
    std::string const token = sign_draft(linted(), signer, published())->sd_jwt;
    auto const all = domain::record_disclosable();
    for (std::size_t subset = 0; subset != 1u << all.size(); ++subset) {
        std::vector<std::string> shown;
        for (std::size_t i = 0; i != all.size(); ++i)
            if (subset >> i & 1) shown.push_back(all[i]);
        auto const part = crypto::sd_jwt_present(token, shown);
        ASSERT_TRUE(part) << subset;
        auto const read = crypto::sd_jwt_verify(*part, published(), crypto::SdJwtPolicy{});
        ASSERT_TRUE(read) << subset;
        domain::Json const payload(read->payload);
        for (std::size_t i = 0; i != all.size(); ++i)
            EXPECT_EQ(payload.at_pointer(all[i]) != nullptr, (subset >> i & 1) != 0) << all[i];
        EXPECT_EQ(payload.at("subject").at("kind").as_string(), "natural_person");
        EXPECT_EQ(payload.at("finding").at("kind").as_string(), "false_statement");
    }
}

}  // namespace
}  // namespace sponsio::testing
