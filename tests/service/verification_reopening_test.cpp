#include "tests/service/inspection_world.hpp"

namespace sponsio::testing {
namespace {

using domain::CheckResult;
using ::testing::Contains;
using ::testing::ElementsAre;

class Reopening : public InspectionWorld {
  protected:
    std::string ask(std::string const& who, TaskId id) {
        return said(await(oversight->request_reopening(as(who), fresh_key(), id, {"收到新的登记材料"})));
    }

    std::string decide(std::string const& who, TaskId id, bool approved = true) {
        return said(await(oversight->decide_reopening(as(who), id, {approved, "材料确系新证据"})));
    }

    std::string add(std::string const& who, TaskId id) {
        return said(await(verifications->add_evidence(as(who), fresh_key(), id, a_file("新材料"))));
    }

    Filed closed(CheckResult result = CheckResult::consistent) {
        Filed const filed = file_commitment();
        check(filed, result);
        return filed;
    }
};

TEST_F(Reopening, NeedsNewEvidenceAndAnotherPerson) {
    Filed const filed = closed();
    EXPECT_EQ(add("verifier2", filed.task), "wrong-step");
    ASSERT_EQ(ask("verifier", filed.task), "ok");
    EXPECT_EQ(decide("verifier", filed.task), "same-person");  // who is a reviewer too
    EXPECT_EQ(decide("reviewer", filed.task), "conflict");     // nothing new
    EXPECT_EQ(add("verifier2", filed.task), "ok");
    EXPECT_EQ(add("stranger", filed.task), "not-found");
    EXPECT_EQ(decide("reviewer", filed.task), "ok");
    EXPECT_EQ(state_of(filed.task), "in_progress");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");

    Json const again = task(filed.task);
    EXPECT_TRUE(again.at("closed_at").is_null());
    EXPECT_TRUE(again.at("result").is_null());
    EXPECT_THAT(reasons(again), ElementsAre("deadline", "reopened"));
    EXPECT_EQ(again.at("reopenings").as_array()[0].at("state").as_string(), "approved");
    EXPECT_EQ(again.at("reopenings").as_array()[0].at("why").as_string(), "收到新的登记材料");
    EXPECT_EQ(again.at("earlier_conclusions").as_array()[0].at("set_aside_why").as_string(), "reopened");

    EXPECT_EQ(conclude("verifier", filed.task, CheckResult::inconsistent), "ok");
    EXPECT_EQ(close("verifier", filed.task), "ok");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
}

TEST_F(Reopening, IsBackInTheQueueOfWhoHeldIt) {
    Filed const filed = closed();
    auto const mine = [&] {
        return await(verifications->list(as("verifier"), {.mine = true})).value().items.size();
    };
    EXPECT_EQ(mine(), 0u);
    ASSERT_EQ(ask("verifier2", filed.task), "ok");
    ASSERT_EQ(add("verifier2", filed.task), "ok");
    ASSERT_EQ(decide("supervisor", filed.task), "ok");
    EXPECT_EQ(mine(), 1u);
    // Its alarms are armed again.
    EXPECT_GT(count("alarms"), 0);
}

TEST_F(Reopening, OneRequestAtATimeAndARefusalEndsIt) {
    Filed const filed = closed();
    EXPECT_EQ(decide("reviewer", filed.task), "conflict");  // nobody asked
    ASSERT_EQ(ask("verifier", filed.task), "ok");
    EXPECT_EQ(ask("verifier2", filed.task), "conflict");
    ASSERT_EQ(add("verifier", filed.task), "ok");
    EXPECT_EQ(decide("supervisor", filed.task, false), "ok");
    EXPECT_EQ(state_of(filed.task), "closed");
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
    EXPECT_EQ(add("verifier", filed.task), "wrong-step");
    // What was added for the first request is not new for the second.
    ASSERT_EQ(ask("verifier", filed.task), "ok");
    EXPECT_EQ(decide("supervisor", filed.task), "conflict");
}

TEST_F(Reopening, OnlyOfWhatIsConcluded) {
    Filed const filed = file_commitment();
    EXPECT_EQ(ask("verifier", filed.task), "wrong-step");
    ASSERT_EQ(claim("verifier", filed.task), "ok");
    ASSERT_EQ(start("verifier", filed.task), "ok");
    EXPECT_EQ(ask("verifier", filed.task), "wrong-step");
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    EXPECT_EQ(ask("verifier", filed.task), "ok");
    ASSERT_EQ(add("verifier", filed.task), "ok");
    EXPECT_EQ(decide("reviewer", filed.task), "ok");
    EXPECT_EQ(state_of(filed.task), "in_progress");
}

TEST_F(Reopening, NotUnderALiveFinding) {
    Filed const filed = file_commitment();
    EvidenceId const evidence = check(filed, CheckResult::inconsistent);
    domain::FindingDraft const draft{.task = filed.task,
                                     .kind = domain::FindingKind::false_statement,
                                     .culpability = domain::Culpability::intentional,
                                     .severity = domain::Severity::general,
                                     .facts = "登记信息与承诺不一致。",
                                     .evidence = {evidence},
                                     .legal_basis = {{"行政许可法", "第六十九条"}},
                                     .proposed_action = "认定为虚假承诺"};
    ASSERT_TRUE(await(findings->draft(as("verifier"), fresh_key(), draft)));
    ASSERT_EQ(ask("verifier", filed.task), "ok");
    ASSERT_EQ(add("verifier", filed.task), "ok");
    EXPECT_EQ(decide("reviewer", filed.task), "conflict");
    EXPECT_EQ(state_of(filed.task), "closed");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
}

TEST_F(Reopening, WhoIsGoneByThenHasNoSeat) {
    Filed const filed = closed();
    close_account(db(), "verifier");
    ASSERT_EQ(ask("verifier2", filed.task), "ok");
    ASSERT_EQ(add("verifier2", filed.task), "ok");
    ASSERT_EQ(decide("reviewer", filed.task), "ok");
    EXPECT_EQ(state_of(filed.task), "created");
    EXPECT_THAT(reasons(task(filed.task)), Contains("account_closed"));
    EXPECT_EQ(claim("verifier2", filed.task), "ok");
    EXPECT_EQ(start("verifier2", filed.task), "ok");
}

TEST_F(Reopening, WhatNobodyLedNeedsALead) {
    // As a department's match leaves it.
    Filed const filed = file_commitment();
    admin().command(
        "update verification_task set state = 'closed', result = 'consistent', closed_at = now() "
        "where task_id = '" +
        filed.task.text() + "'");
    admin().command("update commitment set state = 'fulfilled' where code = '" + filed.code + "'");
    ASSERT_EQ(ask("verifier2", filed.task), "ok");
    ASSERT_EQ(add("verifier2", filed.task), "ok");
    ASSERT_EQ(decide("reviewer", filed.task), "ok");
    EXPECT_EQ(state_of(filed.task), "created");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");
    EXPECT_EQ(claim("verifier2", filed.task), "ok");
    EXPECT_EQ(start("verifier2", filed.task), "ok");
}

}  // namespace
}  // namespace sponsio::testing
