#include "tests/service/finding_steps.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

/// A draft that a reviewer returns, and what it is from then on.
class FindingVersions : public FindingFixture {
  protected:
    void refused_by(std::string const& constraint, FindingId id, std::string const& change) {
        try {
            db().command("update finding set " + change + " where finding_id = '" + id.text() + "'");
            ADD_FAILURE() << "not refused: " << change;
        } catch (db::DbError const& error) {
            EXPECT_EQ(error.constraint(), constraint);
        }
    }
};

TEST_F(FindingVersions, AReturnedDraftIsAmendedAndReviewedAgain) {
    FindingId const id = drafted();
    Json finding = send_back(id, "事实部分有错字，请更正。").value();
    EXPECT_EQ(finding.at("state").as_string(), "returned");
    EXPECT_TRUE(finding.at("reviewed_by").is_null());
    EXPECT_EQ(finding.at("statements").at(0).at("step").as_string(), "return");
    EXPECT_EQ(finding.at("statements").at(0).at("text").as_string(), "事实部分有错字，请更正。");
    // Returned is not acquitted.
    EXPECT_EQ(commitment_state(filed.code), "in_question");

    clock.advance(1h);
    finding = amend(id).value();
    EXPECT_EQ(finding.at("state").as_string(), "drafted");
    EXPECT_EQ(finding.at("version"), Json(2));
    EXPECT_EQ(finding.at("facts").as_string(), "承诺名下无住房，经核查名下有住房二套。");
    EXPECT_EQ(finding.at("drafted_at").as_string(), to_rfc3339(clock.now()));
    auto const& earlier = finding.at("earlier_versions").as_array();
    ASSERT_EQ(earlier.size(), 1u);
    EXPECT_EQ(earlier[0].at("version"), Json(1));
    EXPECT_EQ(earlier[0].at("facts").as_string(), "承诺名下无住房，经核查名下有住房一套。");
    EXPECT_EQ(earlier[0].at("returned_by").as_string(), account("reviewer").text());
    EXPECT_EQ(earlier[0].at("reasons").as_string(), "事实部分有错字，请更正。");
    EXPECT_EQ(earlier[0].at("evidence_ids"), finding.at("evidence_ids"));

    finding = review(id).value();
    EXPECT_EQ(finding.at("state").as_string(), "reviewed");
    EXPECT_EQ(finding.at("statements").at(1).at("version"), Json(2));
    EXPECT_THAT(moves(id.text()),
                ElementsAre(">drafted", "drafted>returned", "returned>drafted", "drafted>reviewed"));
}

TEST_F(FindingVersions, WhatIsServedAndSignedIsTheAmendedText) {
    FindingId const id = drafted();
    send_back(id).value();
    amend(id).value();
    review(id).value();
    notify(id).value();
    auto const document = *DocumentId::parse(shown(id).at("documents").at(0).at("document_id").as_string());
    auto const text =
        await(findings->document(as("clerk"), document)).value().at_pointer("/text/zh")->as_string();
    EXPECT_THAT(text, HasSubstr("住房二套"));
    EXPECT_THAT(text, Not(HasSubstr("住房一套")));
    auto const stored = store::finding_by_id(db(), id).value();
    EXPECT_FALSE(vault->open(stored.draft, service::draft_label(id)));  // it is bound to its version
    EXPECT_TRUE(vault->open(stored.draft, service::draft_label(id, 2)));
}

TEST_F(FindingVersions, IsReturnedAsOftenAsItNeeds) {
    FindingId const id = drafted();
    for (int round = 1; round != 4; ++round) {
        send_back(id, "第" + std::to_string(round) + "次退回").value();
        amend(id, "第" + std::to_string(round + 1) + "稿").value();
    }
    Json const finding = shown(id);
    EXPECT_EQ(finding.at("version"), Json(4));
    for (std::size_t i = 0; i != 3; ++i) {
        Json const& one = finding.at("earlier_versions").at(i);
        EXPECT_EQ(one.at("reasons").as_string(), "第" + std::to_string(i + 1) + "次退回");
        if (i != 0) EXPECT_EQ(one.at("facts").as_string(), "第" + std::to_string(i + 1) + "稿");
    }
}

/// Whoever drafted any version reviews none and decides nothing; whoever returned one does not decide.
TEST_F(FindingVersions, KeepsAllItsDraftersAndReviewersApart) {
    FindingId const id = drafted();  // by verifier
    send_back(id, "错字。", "reviewer").value();
    amend(id, "第二稿", "verifier2").value();
    for (char const* who : {"verifier", "verifier2"}) {
        EXPECT_EQ(said(review(id, who)), "same-person") << who;
        EXPECT_EQ(said(send_back(id, "错字。", who)), "same-person") << who;
        EXPECT_EQ(said(review(id, who, domain::ReviewOutcome::dismissed)), "same-person") << who;
    }
    review(id, "supervisor").value();
    notify(id).value();
    clock.set(*row(id).defence_until);
    for (char const* who : {"verifier", "verifier2", "reviewer", "supervisor"})
        EXPECT_EQ(said(decide(id, who)), "same-person") << who;
    EXPECT_EQ(said(decide(id)), "ok");
}

TEST_F(FindingVersions, IsAmendedOnlyWhereItWasReturned) {
    FindingId const id = drafted();
    EXPECT_EQ(said(amend(id)), "wrong-step");
    send_back(id).value();
    EXPECT_EQ(said(send_back(id)), "wrong-step");
    EXPECT_EQ(said(review(id)), "wrong-step");  // it waits for its drafter
    EXPECT_EQ(said(try_draft(draft_of(filed.task, store::evidence_of_finding(db(), id)))), "conflict");
    auto foreign = draft_of(filed.task, {EvidenceId{Uuid{}}});
    EXPECT_EQ(said(await(findings->amend(as("verifier"), id, {foreign}))), "invalid /evidence_ids/0");
    EXPECT_EQ(state_of(id), "returned");
    EXPECT_EQ(row(id).version, 1);
    EXPECT_EQ(said(amend(id)), "ok");
    EXPECT_EQ(said(amend(id)), "wrong-step");
}

TEST_F(FindingVersions, NamesTheEvidenceOfEachVersion) {
    FindingId const id = drafted();
    auto const before = store::evidence_of_finding(db(), id);
    send_back(id).value();
    auto const second = std::vector{before.front()};
    EXPECT_EQ(said(await(findings->amend(as("verifier"), id, {draft_of(filed.task, second)}))), "ok");
    EXPECT_EQ(store::evidence_of_finding(db(), id), second);
    EXPECT_EQ(store::evidence_of_finding(db(), id, 1), before);
}

/// Around the service, with the rights the server has.
TEST_F(FindingVersions, TheDatabaseItselfKeepsTheVersions) {
    FindingId const id = drafted();
    refused_by("finding_version_stays", id, "draft = 'x'");
    refused_by("finding_version_stays", id, "drafted_by = '" + account("supervisor").text() + "'");
    send_back(id).value();
    // The version before would be lost.
    refused_by("finding_version_stays", id, "draft = 'x', version = 2, state = 'drafted'");
    amend(id, "第二稿", "verifier2").value();
    refused_by("finding_reviewer_is_another", id, "reviewed_by = '" + account("verifier").text() + "'");
    db().command("update finding set reviewed_by = '" + account("supervisor").text() + "'");
    refused_by("finding_decider_is_a_third", id, "decided_by = '" + account("verifier").text() + "'");
    refused_by("finding_decider_is_a_third", id, "decided_by = '" + account("reviewer").text() + "'");
    for (char const* change :
         {"update finding_earlier_draft set draft = 'x'", "delete from finding_earlier_draft",
          "update finding_evidence set version = 2"})
        EXPECT_THROW(db().command(change), db::DbError) << change;
}

TEST_F(FindingVersions, LieSealed) {
    FindingId const id = drafted();
    send_back(id, "错字，退回修改。").value();
    amend(id).value();
    static constexpr db::BinaryQuery everything{
        "test.sealed_versions",
        "select string_agg(encode(b, 'hex'), ' ') from (select draft from finding_earlier_draft union all "
        "select content from finding_statement) as q(b)"};
    auto const stored = admin().exec(everything)[0].get<std::string>(0);
    for (std::string_view words : {"名下有住房", "错字"})
        EXPECT_THAT(stored, Not(HasSubstr(to_hex(as_bytes(words))))) << words;
}

}  // namespace
}  // namespace sponsio::testing
