#include "crypto/keys/key.hpp"
#include "server/service/filing/counter.hpp"
#include "server/service/filing/signed_paper_service.hpp"
#include "tests/service/filing_world.hpp"

#include <gmock/gmock.h>

/// That the resident took part (docs/law.md B2, B8, D12).
namespace sponsio::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AssentTest : public FilingWorld {
  protected:
    static Json paper(std::string const& bytes = "签署件") {
        return JsonObject{{"kind", "signed_paper"},
                          {"digest_sha256", to_hex(crypto::sha256(as_bytes(bytes)))}};
    }

    Json with(std::string_view name, Json value) {
        Json json = body();
        json.as_object().set(name, std::move(value));
        return json;
    }

    std::string why(Json const& json) {
        auto const outcome = file(fresh_key(), json);
        if (outcome) return "ok";
        return outcome.error().fields.empty() ? said(outcome)
                                              : outcome.error().fields[0].pointer + " " +
                                                    std::string(outcome.error().fields[0].reason->word);
    }

    /// What the task of a commitment ends with, and whether a finding may be drafted on it.
    Outcome<Created> try_finding(Json const& commitment) {
        auto const task = *TaskId::parse(commitment.at("verification").at("task_id").as_string());
        EvidenceId const evidence = check({commitment.at("commitment_code").as_string(), task});
        return await(findings->draft(as("verifier"), fresh_key(),
                                     {.task = task,
                                      .kind = domain::FindingKind::false_statement,
                                      .culpability = domain::Culpability::intentional,
                                      .severity = domain::Severity::general,
                                      .facts = "与档案不符。",
                                      .evidence = {evidence},
                                      .legal_basis = {{"条例", "第一条"}},
                                      .proposed_action = "撤销"}));
    }

    Outcome<Created> add_paper(Json const& commitment, std::string const& bytes = "签署件",
                               std::string const& who = "clerk") {
        return await(service::SignedPaperService(ground()).add_evidence(
            as(who), fresh_key(), commitment.at("commitment_code").as_string(), a_file(bytes)));
    }

    Json shown(Json const& commitment) {
        return json::parse(
                   await(filing->commitment(as("clerk"), commitment.at("commitment_code").as_string()))
                       .value()
                       .json)
            .value();
    }
};

TEST_F(AssentTest, IsPartOfWhatTheLogDigests) {
    Json json = with("assent", paper());
    json.as_object().set("identity_check", "chip_read");
    Json const answer = filed(fresh_key(), json);
    Json const content = json::parse(answer.at("receipt").at("content").as_string()).value();
    EXPECT_EQ(content.at("assent"), paper());
    EXPECT_EQ(content.at("identity_check").as_string(), "chip_read");
    EXPECT_EQ(content.at("content_version"), Json(2));
    EXPECT_EQ(answer.at("receipt").at("digest_sha256").as_string(),
              to_hex(crypto::sha256(as_bytes(answer.at("receipt").at("content").as_string()))));
    EXPECT_EQ(why(with("identity_check", "by_rumour")), "/identity_check unknown_value");
    EXPECT_EQ(why(with("assent", JsonObject{{"kind", "signed_paper"}, {"digest_sha256", "AB"}})),
              "/assent/digest_sha256 bad_format");
    EXPECT_EQ(why(with("assent", JsonObject{{"kind", "nod"}})), "/assent/kind unknown_value");
}

TEST_F(AssentTest, WithoutItNoFindingSaysThatAPromiseWasBroken) {
    Json const nothing = filed(fresh_key(), body());
    EXPECT_EQ(nothing.at("assent_state").as_string(), "none");
    auto const refused = try_finding(nothing);
    EXPECT_EQ(said(refused), "conflict");
    EXPECT_THAT(refused.error().detail.en, HasSubstr("assent_state none"));
}

/// What was filed before assent was asked for is judged as it was filed.
TEST_F(AssentTest, WhatIsOlderIsNotAskedForIt) {
    Filed const before = file_commitment();
    EXPECT_EQ(said(try_finding(JsonObject{{"commitment_code", before.code},
                                          {"verification", JsonObject{{"task_id", before.task.text()}}}})),
              "ok");
}

TEST_F(AssentTest, ThePaperHasTheDigestThatWasFiledAndComesOnce) {
    Json const commitment = filed(fresh_key(), with("assent", paper()));
    EXPECT_EQ(commitment.at("assent_state").as_string(), "paper_missing");
    EXPECT_EQ(said(add_paper(commitment, "另一份")), "invalid ");
    EXPECT_EQ(said(add_paper(commitment, "签署件", "stranger")), "not-found");
    EXPECT_EQ(said(add_paper(commitment)), "ok");
    EXPECT_EQ(said(add_paper(commitment)), "conflict");
    EXPECT_EQ(shown(commitment).at("assent_state").as_string(), "shown");
    EXPECT_EQ(said(try_finding(commitment)), "ok");
    EXPECT_EQ(said(add_paper(filed(fresh_key(), body()))), "conflict");  // it names no paper
}

TEST_F(AssentTest, AFindingWaitsForThePaper) {
    EXPECT_EQ(said(try_finding(filed(fresh_key(), with("assent", paper())))), "conflict");
}

TEST_F(AssentTest, ASignatureIsOverTheNoticeAndWhatIsPromised) {
    std::string const digest = await(matter_service->notice(as("clerk"), *NoticeId::parse(notice)))
                                   .value()
                                   .at("digest_sha256")
                                   .as_string();
    for (auto const algorithm :
         {crypto::Algorithm::es256, crypto::Algorithm::ed25519, crypto::Algorithm::sm2}) {
        auto const key = crypto::PrivateKey::generate(algorithm);
        auto const signed_for = [&](std::string const& notice_digest) {
            std::string const text = json::canonical(Json(JsonObject{{"committer", body().at("committer")},
                                                                     {"made_on", "2026-03-02"},
                                                                     {"notice_digest", notice_digest},
                                                                     {"reason", body().at("reason")},
                                                                     {"valid_until", Json()}}));
            return Json(JsonObject{{"kind", "electronic_signature"},
                                   {"key", key.public_key().to_jwk()},
                                   {"notice_digest", notice_digest},
                                   {"signature", to_base64url(key.sign(as_bytes(text)))}});
        };
        Json const answer = filed(fresh_key(), with("assent", signed_for(digest)));
        EXPECT_EQ(answer.at("assent_state").as_string(), "shown");
        EXPECT_EQ(why(with("assent", signed_for(std::string(64, 'a')))),
                  "/assent/notice_digest other_notice");
        Json other = with("assent", signed_for(digest));
        other.as_object().set("reason", "申请其他事项");
        EXPECT_EQ(why(other), "/assent/signature bad_signature");
        Json no_key = signed_for(digest);
        no_key.as_object().find("key")->as_object().set("x", "AAAA");
        EXPECT_EQ(why(with("assent", no_key)), "/assent/key bad_format");
    }
}

TEST_F(AssentTest, WhoIsNotOfAgeHasAnAgent) {
    auto const child = [&](char const* number) { return body(number); };
    EXPECT_EQ(why(child("110105200803030019")), "/agent needs_agent");  // eighteen tomorrow
    EXPECT_EQ(why(child("110105200803020013")), "ok");
    Json with_parent = child("110105200803030019");
    with_parent.as_object().set(
        "agent",
        JsonObject{{"name", "欧阳父"},
                   {"document", JsonObject{{"type", "citizen_id"}, {"number", "11010519491231002X"}}},
                   {"authority", "法定代理人"}});
    EXPECT_EQ(why(with_parent), "ok");
}

TEST_F(AssentTest, ANoticeToOnePersonIsAnsweredOnce) {
    auto const given = await(matter_service->issue_notice(
        as("clerk"), fresh_key(),
        {.matter_code = "GZF-1",
         .matter_version = 1,
         .channel = domain::NoticeChannel::counter,
         .language = domain::NoticeLanguage::chinese,
         .given_to = {
             .kind = domain::NoticeRecipient::person, .group = {}, .name = "欧阳示例", .document = {}}}));
    Json mine = body();
    mine.as_object().set("notice_id", json::parse(given.value().body).value().at("notice_id").as_string());
    auto const key = fresh_key();
    EXPECT_EQ(said(file(key, mine)), "ok");
    EXPECT_EQ(why(mine), "/notice_id answered");
    EXPECT_TRUE(file(key, mine).value().replayed);  // the same promise again is the same promise
    EXPECT_EQ(why(body()), "ok");
    EXPECT_EQ(why(body()), "ok");  // an open notice serves many
}

}  // namespace
}  // namespace sponsio::testing
