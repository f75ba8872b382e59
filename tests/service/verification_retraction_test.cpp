#include "server/service/filing/rectification_service.hpp"
#include "tests/service/inspection_world.hpp"

namespace sponsio::testing {
namespace {

using domain::CheckResult;
using ::testing::ElementsAre;

/// A conclusion that was a slip, taken back before anything was built on it.
class Retraction : public InspectionWorld {
  protected:
    std::string ask(std::string const& who, TaskId id) {
        return said(await(oversight->request_retraction(as(who), fresh_key(), id, {"误选了结论"})));
    }

    std::string decide(std::string const& who, TaskId id, bool approved = true) {
        return said(await(oversight->decide_retraction(as(who), id, {approved, "与核查记录相符"})));
    }

    Filed concluded(CheckResult result = CheckResult::inconsistent) {
        Filed const filed = file_commitment();
        EXPECT_EQ(claim("verifier", filed.task), "ok");
        EXPECT_EQ(start("verifier", filed.task), "ok");
        add_evidence(filed.task);
        EXPECT_EQ(conclude("verifier", filed.task, result), "ok");
        return filed;
    }
};

TEST_F(Retraction, ASlipIsTakenBackByAnotherPersonAndConcludedAnew) {
    Filed const filed = concluded();
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    ASSERT_EQ(ask("verifier", filed.task), "ok");
    EXPECT_EQ(decide("verifier", filed.task), "same-person");
    EXPECT_EQ(decide("stranger", filed.task), "not-found");
    EXPECT_EQ(decide("verifier2", filed.task), "ok");
    EXPECT_EQ(state_of(filed.task), "in_progress");
    EXPECT_EQ(commitment_state(filed.code), "under_verification");

    Json const again = task(filed.task);
    EXPECT_TRUE(again.at("result").is_null());
    Json const& retraction = again.at("retractions").at(0);
    EXPECT_EQ(retraction.at("state").as_string(), "approved");
    EXPECT_EQ(retraction.at("why").as_string(), "误选了结论");
    EXPECT_EQ(retraction.at("decision").as_string(), "与核查记录相符");
    EXPECT_EQ(retraction.at("decided_by").as_string(), account("verifier2").text());
    EXPECT_EQ(again.at("earlier_conclusions").at(0).at("set_aside_why").as_string(), "taken_back");
    EXPECT_EQ(again.at("earlier_conclusions").at(0).at("result").as_string(), "inconsistent");

    EXPECT_EQ(conclude("verifier", filed.task, CheckResult::consistent), "ok");
    EXPECT_EQ(close("verifier", filed.task), "ok");
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
    EXPECT_THAT(
        moves(filed.code),
        ElementsAre("notified>effective", "effective>under_verification", "under_verification>in_question",
                    "in_question>under_verification", "under_verification>fulfilled"));
}

TEST_F(Retraction, WhoConcludedDoesNotDecideWhoeverAsked) {
    Filed const filed = concluded();
    ASSERT_EQ(ask("verifier2", filed.task), "ok");
    EXPECT_EQ(ask("verifier", filed.task), "conflict");  // one waits
    EXPECT_EQ(decide("verifier", filed.task), "same-person");
    EXPECT_EQ(decide("verifier2", filed.task), "same-person");
    EXPECT_EQ(decide("supervisor", filed.task, false), "ok");
    EXPECT_EQ(state_of(filed.task), "concluded");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    EXPECT_EQ(decide("supervisor", filed.task), "conflict");  // nobody asks any more
    EXPECT_EQ(ask("verifier", filed.task), "ok");
}

TEST_F(Retraction, NothingIsTakenBackOnceItIsClosed) {
    Filed const filed = concluded();
    ASSERT_EQ(ask("verifier", filed.task), "ok");
    ASSERT_EQ(close("verifier", filed.task), "ok");
    EXPECT_EQ(decide("supervisor", filed.task), "wrong-step");
    EXPECT_EQ(ask("verifier", filed.task), "wrong-step");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    Filed const fresh = file_commitment();
    EXPECT_EQ(ask("verifier", fresh.task), "wrong-step");
}

TEST_F(Retraction, IsOfThatConclusionOnly) {
    Filed const filed = begun();
    add_evidence(filed.task);
    ASSERT_EQ(conclude("verifier", filed.task, CheckResult::inconsistent), "ok");
    ASSERT_EQ(ask("verifier", filed.task), "ok");
    ASSERT_EQ(sign("verifier2", filed.task, "证据不足"), "ok");  // sets it aside
    EXPECT_EQ(decide("supervisor", filed.task), "wrong-step");
    clock.advance(std::chrono::hours{1});
    ASSERT_EQ(conclude("verifier", filed.task, CheckResult::consistent), "ok");
    EXPECT_EQ(decide("supervisor", filed.task), "conflict");  // of this one nobody asked
    EXPECT_EQ(ask("verifier", filed.task), "ok");
}

TEST_F(Retraction, NotUnderARectification) {
    Filed const filed = concluded();
    service::RectificationService rectifications(ground());
    ASSERT_EQ(said(await(rectifications.record(as("verifier"), fresh_key(), filed.code,
                                               {.outcome = domain::RectificationOutcome::full,
                                                .unperformed_content = {},
                                                .breach_action = {},
                                                .why = "已补正登记。"}))),
              "ok");
    ASSERT_EQ(ask("verifier", filed.task), "ok");
    EXPECT_EQ(decide("supervisor", filed.task), "conflict");
    ASSERT_EQ(said(await(rectifications.decide(as("reviewer"), filed.code, {true, "情况属实。"}))), "ok");
    EXPECT_EQ(decide("supervisor", filed.task), "conflict");
    EXPECT_EQ(commitment_state(filed.code), "fulfilled");
}

TEST_F(Retraction, LiesSealedAndTheDatabaseKeepsTwoPeopleApart) {
    Filed const filed = concluded();
    ASSERT_EQ(ask("verifier", filed.task), "ok");
    static constexpr db::BinaryQuery whys{"test.retractions",
                                          "select encode(why, 'hex') from task_retraction"};
    EXPECT_THAT(admin().exec(whys)[0].get<std::string>(0),
                ::testing::Not(::testing::HasSubstr(to_hex(as_bytes(std::string_view("误选"))))));
    EXPECT_THROW(
        db().command("update task_retraction set state = 'approved', decided_at = now(), decided_by = "
                     "requested_by"),
        db::DbError);
    EXPECT_THROW(db().command("delete from task_retraction"), db::DbError);
}

}  // namespace
}  // namespace sponsio::testing
