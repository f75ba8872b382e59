#include "tests/service/inspection_world.hpp"

namespace sponsio::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

class Recusal : public InspectionWorld {
  protected:
    std::vector<std::string> events(TaskId id) {
        std::vector<std::string> words;
        Json const whole = task(id);
        for (Json const& event : whole.at("history").as_array())
            words.push_back(event.at("event").as_string());
        return words;
    }
};

TEST_F(Recusal, DoesNotStopTheCheckWhileItWaits) {
    Filed const filed = begun();
    std::string const recusal = ask_recusal("verifier2", filed.task);
    ASSERT_EQ(recusal.size(), 36u);
    EXPECT_EQ(conclude("verifier", filed.task), "ok");
    EXPECT_EQ(sign("verifier2", filed.task), "ok");
    EXPECT_EQ(close("verifier", filed.task), "ok");
    // What has ended stays as it is, but they do not come back.
    EXPECT_EQ(decide_recusal("supervisor", filed.task, recusal), "ok");
    EXPECT_EQ(state_of(filed.task), "closed");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier", "verifier2"));
}

TEST_F(Recusal, IsDecidedByNeitherWhoAskedNorWhoIsToGo) {
    Filed const filed = begun();
    std::string const own = ask_recusal("verifier", filed.task);  // who is a decider too
    EXPECT_EQ(decide_recusal("verifier", filed.task, own), "same-person");
    std::string const others = ask_recusal("verifier", filed.task, "verifier2");
    EXPECT_EQ(decide_recusal("verifier", filed.task, others), "same-person");
    EXPECT_EQ(decide_recusal("decider", filed.task, others, false), "ok");
    EXPECT_EQ(decide_recusal("supervisor", filed.task, others), "wrong-step");  // once
    EXPECT_EQ(decide_recusal("stranger", filed.task, own), "not-found");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier", "verifier2"));
    EXPECT_THROW(
        admin().command("update task_recusal set state = 'granted', decided_by = inspector, decided_at = "
                        "now() where state = 'requested'"),
        db::DbError);
}

TEST_F(Recusal, IsAskedByAnInspectorOrForTheParty) {
    Filed const filed = begun();
    EXPECT_EQ(ask_recusal("verifier3", filed.task), "forbidden");
    EXPECT_EQ(ask_recusal("clerk", filed.task, "verifier3"), "invalid /inspector");
    EXPECT_EQ(ask_recusal("clerk", filed.task, "verifier2").size(), 36u);
    EXPECT_EQ(ask_recusal("verifier2", filed.task), "conflict");  // one about them waits
    Filed const untouched = file_commitment();
    EXPECT_EQ(ask_recusal("verifier", untouched.task), "forbidden");
    Filed const done = file_commitment();
    check(done, domain::CheckResult::consistent);
    EXPECT_EQ(ask_recusal("verifier", done.task), "wrong-step");
}

TEST_F(Recusal, AClaimedTaskWithoutItsLeadIsBackInTheQueue) {
    Filed const filed = begun();
    recuse("verifier", filed.task);
    EXPECT_EQ(state_of(filed.task), "created");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier2"));
    EXPECT_THAT(reasons(task(filed.task)), Contains("recused"));
    EXPECT_EQ(commitment_state(filed.code), "under_verification");
    EXPECT_EQ(claim("verifier", filed.task), "forbidden");  // for good
    EXPECT_EQ(reassign(filed.task, std::nullopt, "verifier"), "forbidden");
    EXPECT_EQ(claim("verifier3", filed.task), "ok");
    EXPECT_EQ(start("verifier3", filed.task), "ok");
    EXPECT_TRUE(struck.empty());  // nobody was drawn
    EXPECT_EQ(task(filed.task).at("recusals").as_array()[0].at("why").as_string(), "被核查人系本人亲属");
    EXPECT_EQ(task(filed.task).at("recusals").as_array()[0].at("decision").as_string(), "情况属实");
}

TEST_F(Recusal, ASecondInspectorIsReplacedByWhoeverJoins) {
    Filed const filed = begun();
    recuse("verifier2", filed.task);
    EXPECT_EQ(state_of(filed.task), "in_progress");
    EXPECT_THAT(reasons(task(filed.task)), IsSupersetOf({"recused", "needs_second_inspector"}));
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    EXPECT_EQ(close("verifier", filed.task), "sign-off-missing");
    EXPECT_EQ(claim("verifier3", filed.task), "ok");
    EXPECT_EQ(sign("verifier3", filed.task), "ok");
    EXPECT_EQ(close("verifier", filed.task), "ok");
}

TEST_F(Recusal, WhatARecusedLeadConcludedIsRedone) {
    Filed const filed = begun();
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    ASSERT_EQ(sign("verifier2", filed.task), "ok");
    ASSERT_EQ(commitment_state(filed.code), "fulfilled");
    recuse("verifier", filed.task);
    EXPECT_EQ(state_of(filed.task), "created");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");
    EXPECT_TRUE(task(filed.task).at("result").is_null());
    EXPECT_TRUE(task(filed.task).at("seats").as_array()[1].at("signed_off_at").is_null());
}

TEST_F(Recusal, TheDatabaseKeepsWhoWasRecusedOut) {
    Filed const filed = begun();
    recuse("verifier2", filed.task);
    EXPECT_THROW(store::seat_inspector(db(), store::task_by_id(db(), filed.task).value(),
                                       {2, account("verifier2"), {}}, store::SeatedBy::reassign, clock.now()),
                 db::DbError);
}

// --------------------------------------------------------------------------------------------------- drawn
TEST_F(Recusal, DrawnSeatsAreForChance) {
    Filed const filed = file_drawn({"verifier", "verifier2"}, 2);
    EXPECT_EQ(state_of(filed.task), "assigned");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier", "verifier2"));
    EXPECT_EQ(said(await(verifications->hand_back(as("verifier"), filed.task))), "forbidden");
    EXPECT_EQ(said(await(verifications->hand_back(as("verifier2"), filed.task))), "forbidden");
    EXPECT_EQ(start("verifier", filed.task), "ok");
    Filed const short_one = file_drawn({"verifier"}, 2);
    EXPECT_EQ(claim("verifier2", short_one.task), "forbidden");
    Filed const empty = file_drawn({}, 1);
    EXPECT_EQ(state_of(empty.task), "created");
    EXPECT_EQ(claim("verifier2", empty.task), "forbidden");
    EXPECT_THAT(reasons(task(empty.task)), ElementsAre("drawn", "too_few_inspectors"));
    EXPECT_EQ(reassign(empty.task, std::nullopt, "verifier2"), "ok");
    EXPECT_EQ(state_of(empty.task), "assigned");
}

TEST_F(Recusal, ADrawnSeatIsFilledByTheSameChanceTwice) {
    Filed const filed = file_drawn({"verifier", "verifier2"}, 2);
    ASSERT_EQ(start("verifier", filed.task), "ok");
    chance = {"verifier3", "reviewer"};
    recuse("verifier2", filed.task);
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier", "verifier3"));
    recuse("verifier3", filed.task);
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier", "reviewer"));
    EXPECT_THAT(struck, ElementsAre("ref-verifier2", "ref-verifier3"));
    EXPECT_EQ(state_of(filed.task), "in_progress");
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    EXPECT_EQ(close("verifier", filed.task), "sign-off-missing");
    EXPECT_EQ(sign("reviewer", filed.task), "ok");
    EXPECT_EQ(close("verifier", filed.task), "ok");
    Json const seats = task(filed.task).at("seats");
    EXPECT_EQ(seats.as_array().size(), 4u);
    EXPECT_EQ(seats.as_array()[3].at("ref").as_string(), "ref-reviewer");
}

TEST_F(Recusal, ADrawnLeadIsReplacedAndWhatTheyConcludedRedone) {
    Filed const filed = file_drawn({"verifier", "verifier2"}, 2);
    ASSERT_EQ(start("verifier", filed.task), "ok");
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    chance = {"verifier3"};
    recuse("verifier", filed.task);
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier3", "verifier2"));
    EXPECT_EQ(state_of(filed.task), "in_progress");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");
    EXPECT_EQ(conclude("verifier3", filed.task), "ok");
}

TEST_F(Recusal, WhereNobodyIsLeftTheSeatStaysEmptyAndTheQueueSaysWhy) {
    Filed const filed = file_drawn({"verifier", "verifier2"}, 2);
    ASSERT_EQ(start("verifier", filed.task), "ok");
    recuse("verifier2", filed.task);
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier"));
    EXPECT_THAT(events(filed.task), Contains("too_few_inspectors"));
    EXPECT_THAT(reasons(task(filed.task)), IsSupersetOf({"drawn", "recused", "too_few_inspectors"}));
    recuse("verifier", filed.task);
    EXPECT_EQ(state_of(filed.task), "created");
    EXPECT_THAT(sitting(filed.task), IsEmpty());
    // Only a supervisor helps now.
    EXPECT_EQ(claim("verifier3", filed.task), "forbidden");
    EXPECT_EQ(reassign(filed.task, std::nullopt, "verifier3"), "ok");
    EXPECT_EQ(state_of(filed.task), "assigned");
}

TEST_F(Recusal, WhomChanceNamesTwiceDoesNotSitTwice) {
    Filed const filed = file_drawn({"verifier", "verifier2"}, 2);
    ASSERT_EQ(reassign(filed.task, "verifier", "verifier3"), "ok");
    chance = {"verifier3"};  // a supervisor put them there already
    recuse("verifier2", filed.task);
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier3"));
    EXPECT_THAT(events(filed.task), Contains("too_few_inspectors"));
}

TEST_F(Recusal, WhomASupervisorPutIntoADrawnSeatIsFollowedByChance) {
    Filed const filed = file_drawn({"verifier", "verifier2"}, 2);
    ASSERT_EQ(reassign(filed.task, "verifier2", "verifier3"), "ok");
    EXPECT_THAT(reseated, ElementsAre(2)) << "and it is made known";
    chance = {"reviewer"};
    recuse("verifier3", filed.task);
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier", "reviewer"));
    EXPECT_EQ(state_of(filed.task), "assigned");
    Filed const claimed = file_commitment();
    ASSERT_EQ(claim("verifier", claimed.task), "ok");
    ASSERT_EQ(reassign(claimed.task, "verifier", "verifier2"), "ok");
    EXPECT_THAT(reseated, ElementsAre(2)) << "of what was not drawn nothing is published";
}

TEST_F(Recusal, WhomChanceNamesMayBeGoneByThen) {
    Filed const filed = file_drawn({"verifier", "verifier2"}, 2);
    close_account(db(), "verifier3");
    chance = {"verifier3"};
    recuse("verifier2", filed.task);
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier"));
    EXPECT_THAT(reasons(task(filed.task)), Contains("too_few_inspectors"));
}

TEST_F(Recusal, AnInspectorOfAnotherUnitChecksAndDecidesNothing) {
    Filed const filed = file_drawn({"verifier", "stranger"}, 2);
    auto const mine = await(verifications->list(as("stranger"), {.mine = true})).value().items;
    ASSERT_EQ(mine.size(), 1u);
    EXPECT_EQ(mine.front().at("task_id").as_string(), filed.task.text());
    ASSERT_EQ(start("verifier", filed.task), "ok");
    ASSERT_EQ(conclude("verifier", filed.task), "ok");
    std::string const recusal = ask_recusal("verifier", filed.task);
    EXPECT_EQ(decide_recusal("stranger", filed.task, recusal), "not-found");
    EXPECT_EQ(reassign(filed.task, "verifier", "verifier2", "stranger"), "not-found");
    EXPECT_EQ(sign("stranger", filed.task), "ok");
    EXPECT_EQ(close("verifier", filed.task), "ok");
}

TEST_F(Recusal, ADrawPutsNobodyIntoASeatWhoIsGone) {
    close_account(db(), "verifier");
    Filed const filed = file_drawn({"verifier", "verifier2"}, 2);
    EXPECT_EQ(state_of(filed.task), "created");
    EXPECT_THAT(sitting(filed.task), ElementsAre("verifier2"));
    EXPECT_THAT(reasons(task(filed.task)), Contains("account_closed"));
}

}  // namespace
}  // namespace sponsio::testing
