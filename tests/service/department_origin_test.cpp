#include "server/service/tasks/oversight_service.hpp"
#include "tests/service/department_world.hpp"

#include <gmock/gmock.h>

/// Checks that filing did not make: a clue's and a draw's ask the department too.
namespace sponsio::testing {
namespace {

using domain::InquiryAnswer;
using service::ClueSource;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ChecksOfAnyOrigin : public DepartmentWorld {
  protected:
    void SetUp() override {
        DepartmentWorld::SetUp();
        oversight = std::make_unique<service::OversightService>(service::OversightParts{ground()});
    }

    void TearDown() override {
        oversight.reset();
        DepartmentWorld::TearDown();
    }

    /// A commitment that no check watches over.
    Filed unwatched(std::string const& state = "effective") {
        Filed const filed = file_commitment();
        admin().command("delete from department_check");
        admin().command("delete from verification_task");
        admin().command("update commitment set state = '" + state + "'");
        return filed;
    }

    Filed on_clue(Filed filed) {
        auto const made = await(oversight->open_on_clue(
            as("supervisor"), fresh_key(), {filed.code, ClueSource::complaint, "邻居反映其另有住房"}));
        filed.task = TaskId::parse(json::parse(made.value().body)->at("task_id").as_string()).value();
        return filed;
    }

    /// Its check as a draw makes it, with a question that waits; one seat of two may be empty.
    Filed drawn(std::vector<store::Seating> const& inspectors) {
        Filed filed = unwatched();
        filed.task = service::new_id<TaskId>(clock.now());
        store::TaskToAdd const task{.id = filed.task,
                                    .shard = 0,
                                    .commitment_code = filed.code,
                                    .organisation = as("verifier").who->organisation,
                                    .source = domain::TaskSource::draw,
                                    .mode = "online",
                                    .created_at = clock.now(),
                                    .due_at = china("2026-03-31T00:00:00"),
                                    .rule = "verify.matter 20 working_days; GZF-1 1; cn-2026",
                                    .draw = service::new_id<DrawId>(clock.now()),
                                    .inspectors_needed = 2,
                                    .inspectors = inspectors};
        db::Tx tx(db());
        store::add_tasks(db(), {&task, 1});
        store::NewInquiry const question{service::new_id<InquiryId>(clock.now()), task.id, filed.code,
                                         task.organisation, "civil_affairs"};
        store::queue_inquiries(db(), {&question, 1}, 0, clock.now());
        tx.commit();
        return filed;
    }

    std::unique_ptr<service::OversightService> oversight;
};

TEST_F(ChecksOfAnyOrigin, AClueAsksAtOnceAndAMatchWaitsForAPerson) {
    for (std::string const state : {"effective", "supervised"}) {
        Filed const filed = on_clue(unwatched(state));
        EXPECT_EQ(inquiry_of(filed).state, domain::InquiryState::queued);
        EXPECT_THAT(moves(inquiry_of(filed).id.text()), ElementsAre(">queued"));
        ASSERT_TRUE(checks->round());
        EXPECT_EQ(task_state(filed), "created");
        EXPECT_EQ(commitment_state(filed.code), state);
        EXPECT_THAT(reasons_of(filed), ElementsAre("department_match"));
        EXPECT_EQ(evidence_of(filed), 1u);
    }
    EXPECT_THAT(gateway->asked, SizeIs(2));
}

TEST_F(ChecksOfAnyOrigin, AMismatchAboutAClueDecidesNothing) {
    answer_always(InquiryAnswer::mismatch);
    Filed const filed = on_clue(unwatched());
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(task_state(filed), "created");
    EXPECT_EQ(commitment_state(filed.code), "effective");
    EXPECT_THAT(reasons_of(filed), ElementsAre("department_mismatch"));
}

TEST_F(ChecksOfAnyOrigin, WhomADrawSentLooksWhateverTheDataSay) {
    Filed const filed = drawn({{1, account("verifier"), "ref-1"}, {2, account("verifier2"), "ref-2"}});
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(inquiry_of(filed).answer, InquiryAnswer::match);
    EXPECT_EQ(task_state(filed), "assigned");
    EXPECT_EQ(commitment_state(filed.code), "effective");
    EXPECT_EQ(evidence_of(filed), 1u) << "in their hands";
    EXPECT_THAT(reasons_of(filed), ElementsAre("department_match"));
}

TEST_F(ChecksOfAnyOrigin, ADrawnCheckWithoutALeadIsNotForTheMachineEither) {
    for (std::vector<store::Seating> const& seats :
         {std::vector<store::Seating>{{2, account("verifier2"), "ref-2"}}, std::vector<store::Seating>{}}) {
        Filed const filed = drawn(seats);
        ASSERT_TRUE(checks->round());
        EXPECT_EQ(inquiry_of(filed).answer, InquiryAnswer::match);
        EXPECT_EQ(task_state(filed), "created");
        EXPECT_EQ(commitment_state(filed.code), "effective");
    }
}

TEST_F(ChecksOfAnyOrigin, ASecondInspectorWhoStayedKeepsTheMachineAway) {
    Filed const filed = file_commitment();
    admin().command("update verification_task set inspectors_needed = 2");
    await(verifications->claim(as("verifier"), filed.task)).value();
    await(verifications->claim(as("verifier2"), filed.task)).value();
    await(verifications->hand_back(as("verifier"), filed.task)).value();
    ASSERT_EQ(task_state(filed), "created");
    ASSERT_TRUE(checks->round());
    EXPECT_EQ(inquiry_of(filed).answer, InquiryAnswer::match);
    EXPECT_EQ(task_state(filed), "created");
    EXPECT_EQ(commitment_state(filed.code), "effective");
}

}  // namespace
}  // namespace sponsio::testing
