#include "server/service/filing/rectification_service.hpp"
#include "server/store/events.hpp"
#include "tests/service/finding_world.hpp"

namespace sponsio::testing {
namespace {

using domain::RectificationOutcome;

class Rectification : public FindingWorld {
  protected:
    void SetUp() override {
        FindingWorld::SetUp();
        rectifications = std::make_unique<service::RectificationService>(ground());
        filed = file_commitment();
    }

    void TearDown() override {
        rectifications.reset();
        FindingWorld::TearDown();
    }

    void put_in_question() { check(filed, domain::CheckResult::inconsistent); }

    Outcome<service::Created> record(std::string const& who = "verifier",
                                     RectificationOutcome outcome = RectificationOutcome::full) {
        domain::RectificationDraft draft{
            .outcome = outcome, .unperformed_content = {}, .breach_action = {}, .why = "已补正登记。"};
        if (outcome == RectificationOutcome::partial) {
            draft.unperformed_content = "一套住房尚未腾退";
            draft.breach_action = "限期腾退";
        }
        return await(rectifications->record(as(who), fresh_key(), filed.code, draft));
    }

    Outcome<Json> decide(std::string const& who = "reviewer", bool confirmed = true) {
        return await(rectifications->decide(as(who), filed.code, {confirmed, "情况属实。"}));
    }

    domain::FindingDraft a_finding(EvidenceId evidence) {
        return {.task = filed.task,
                .kind = domain::FindingKind::false_statement,
                .culpability = domain::Culpability::intentional,
                .severity = domain::Severity::general,
                .facts = "名下有住房。",
                .evidence = {evidence},
                .legal_basis = {{"行政许可法", "第七十九条"}},
                .proposed_action = "撤销资格确认"};
    }

    std::unique_ptr<service::RectificationService> rectifications;
    Filed filed{{}, TaskId{Uuid{}}};
};

TEST_F(Rectification, CountsOnceASecondPersonHasConfirmedIt) {
    put_in_question();
    auto const made = record();
    ASSERT_EQ(said(made), "ok");
    EXPECT_EQ(made->location, "/v1/commitments/" + filed.code + "/rectification");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    EXPECT_TRUE(json::parse(made->body).value().at("decision").is_null());

    auto const decided = decide().value();
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
    EXPECT_EQ(decided.at_pointer("/decision/decided_by")->as_string(), account("reviewer").text());
    EXPECT_EQ(decided.at("why").as_string(), "已补正登记。");
    EXPECT_EQ(await(rectifications->newest(as("verifier2"), filed.code)).value(), decided);
    auto const history = store::history(db(), filed.code);
    EXPECT_EQ(history.at(history.size() - 2).event, "rectification_recorded");
    EXPECT_EQ(history.back().event, "rectified");
    EXPECT_EQ(history.back().actor, account("reviewer"));
}

TEST_F(Rectification, InPartLeavesItPartlyFulfilled) {
    put_in_question();
    ASSERT_TRUE(record("verifier", RectificationOutcome::partial));
    auto const decided = decide().value();
    EXPECT_EQ(commitment_state(filed.code), "partly_fulfilled");
    EXPECT_EQ(decided.at("unperformed_content").as_string(), "一套住房尚未腾退");
}

TEST_F(Rectification, IsNotConfirmedByWhoRecordedIt) {
    put_in_question();
    ASSERT_TRUE(record());
    EXPECT_EQ(said(decide("verifier")), "same-person");  // who is a reviewer too
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    // Nor behind the service's back.
    auto row = store::newest_rectification(db(), filed.code).value();
    row.confirmed = true;
    row.decision = {row.asked_by, clock.now(), vault->seal("x", "y")};
    try {
        store::decide(db(), row);
        FAIL();
    } catch (db::DbError const& error) {
        EXPECT_EQ(error.constraint(), "rectification_second_person");
    }
}

TEST_F(Rectification, ARejectedOneCanBeRecordedAnew) {
    put_in_question();
    ASSERT_TRUE(record());
    EXPECT_EQ(said(record("verifier2")), "conflict");
    ASSERT_TRUE(decide("reviewer", false));
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    EXPECT_EQ(said(decide()), "wrong-step");
    EXPECT_THROW(db().command("update rectification set confirmed = true"), db::DbError);
    ASSERT_TRUE(record("verifier2"));
    ASSERT_TRUE(decide());
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
    EXPECT_EQ(said(decide()), "wrong-step");
}

TEST_F(Rectification, OnlyForWhatIsInQuestionAndOnlyByItsUnit) {
    EXPECT_EQ(said(record()), "wrong-step");
    put_in_question();
    EXPECT_EQ(said(record("stranger")), "not-found");
    EXPECT_EQ(said(decide()), "wrong-step");
    EXPECT_EQ(said(await(rectifications->newest(as("verifier"), filed.code))), "not-found");
    ASSERT_TRUE(record());
    EXPECT_EQ(said(decide("stranger")), "not-found");
    EXPECT_EQ(said(await(rectifications->newest(as("stranger"), filed.code))), "not-found");
}

TEST_F(Rectification, GivesWayToAFinding) {
    EvidenceId const evidence = check(filed);
    ASSERT_TRUE(record());
    auto const drafted = await(findings->draft(as("verifier"), fresh_key(), a_finding(evidence)));
    ASSERT_EQ(said(drafted), "ok");
    EXPECT_EQ(said(decide()), "conflict");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    ASSERT_TRUE(decide("reviewer", false));
    EXPECT_EQ(said(record("verifier2")), "conflict");
}

TEST_F(Rectification, WhatWasSetRightGetsNoFinding) {
    EvidenceId const evidence = check(filed);
    ASSERT_TRUE(record());
    ASSERT_TRUE(decide());
    EXPECT_EQ(said(await(findings->draft(as("verifier"), fresh_key(), a_finding(evidence)))), "conflict");
}

TEST_F(Rectification, LiesSealed) {
    put_in_question();
    ASSERT_TRUE(record("verifier", RectificationOutcome::partial));
    ASSERT_TRUE(decide());
    static constexpr db::BinaryQuery leaks{
        "test.leaks",
        "select count(*) from rectification r where row_to_json(r)::text like '%腾退%' or "
        "row_to_json(r)::text like '%属实%'"};
    EXPECT_EQ(admin().exec(leaks)[0].get<std::int64_t>(0), 0);
}

}  // namespace
}  // namespace sponsio::testing
