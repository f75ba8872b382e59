#include "tests/service/inspection_world.hpp"

namespace sponsio::testing {
namespace {

using domain::CheckResult;
using service::ClueSource;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Clue : public InspectionWorld {
  protected:
    /// A commitment without a task: one that no deadline brings up.
    std::string unwatched(std::string const& state = "effective") {
        Filed const filed = file_commitment();
        admin().command("delete from verification_task where task_id = '" + filed.task.text() + "'");
        admin().command("update commitment set state = '" + state + "' where code = '" + filed.code + "'");
        return filed.code;
    }

    Outcome<service::Created> open(std::string const& who, std::string const& code,
                                   ClueSource source = ClueSource::clue) {
        return await(oversight->open_on_clue(as(who), fresh_key(), {code, source, "邻居反映其另有住房"}));
    }

    TaskId opened(std::string const& who, std::string const& code, ClueSource source = ClueSource::clue) {
        auto const made = open(who, code, source).value();
        return TaskId::parse(json::parse(made.body)->at("task_id").as_string()).value();
    }
};

TEST_F(Clue, MakesACheckOfWhatNoDeadlineBringsUp) {
    std::string const code = unwatched();
    TaskId const id = opened("verifier", code, ClueSource::complaint);
    Json const made = task(id);
    EXPECT_EQ(made.at("source").as_string(), "complaint");
    EXPECT_EQ(made.at("mode").as_string(), "online");
    EXPECT_EQ(made.at("due_on").as_string(), "2026-03-30");  // 20 working days, by the matter
    EXPECT_THAT(reasons(made), ElementsAre("complaint"));
    EXPECT_EQ(made.at("notes").as_array()[0].at("text").as_string(), "邻居反映其另有住房");
    EXPECT_EQ(commitment_state(code), "effective");
    EXPECT_GT(count("alarms"), 0);
    ASSERT_EQ(claim("verifier2", id), "ok");
    ASSERT_EQ(start("verifier2", id), "ok");
    EXPECT_EQ(commitment_state(code), "under_verification");
}

TEST_F(Clue, TheSupervisorOfTheVerifyingUnitMayToo) {
    EXPECT_EQ(said(open("supervisor", unwatched(), ClueSource::data_alert)), "ok");
    EXPECT_EQ(said(open("stranger", unwatched())), "invalid /commitment_code");
    EXPECT_EQ(said(open("supervisor", "11010120260302000999")), "invalid /commitment_code");
}

TEST_F(Clue, OneCheckAtATime) {
    Filed const watched = file_commitment();
    EXPECT_EQ(said(open("verifier", watched.code)), "conflict");
    std::string const code = unwatched();
    EXPECT_EQ(said(open("verifier", code)), "ok");
    EXPECT_EQ(said(open("verifier", code)), "conflict");
}

TEST_F(Clue, OnlyOfWhatStillStands) {
    for (char const* state :
         {"withdrawn", "breached", "expired", "under_verification", "in_question", "fulfilled"})
        EXPECT_EQ(said(open("verifier", unwatched(state))), "conflict") << state;
    EXPECT_EQ(said(open("verifier", unwatched("supervised"))), "ok");
}

TEST_F(Clue, TheSameKeyMakesOne) {
    std::string const code = unwatched();
    auto const key = fresh_key();
    service::Clue const clue{code, ClueSource::clue, "线索"};
    auto const first = await(oversight->open_on_clue(as("verifier"), key, clue)).value();
    auto const second = await(oversight->open_on_clue(as("verifier"), key, clue)).value();
    EXPECT_TRUE(second.replayed);
    EXPECT_EQ(first.body, second.body);
    EXPECT_EQ(count("tasks"), 1);
}

TEST_F(Clue, LiesSealed) {
    TaskId const id = opened("verifier", unwatched());
    static constexpr db::BinaryQuery everything{"test.notes",
                                                "select encode(content, 'escape') from task_note"};
    EXPECT_THAT(admin().exec(everything)[0].get<std::string>(0),
                ::testing::Not(HasSubstr("\\351\\202\\273")));
    EXPECT_EQ(task(id).at("notes").as_array()[0].at("text").as_string(), "邻居反映其另有住房");
}

/// A matter that is exempt from verification.
class ExemptClue : public Clue {
  protected:
    void shape(domain::VerificationPlan& plan) const override { plan.mode = domain::VerifyMode::exempt; }
};

TEST_F(ExemptClue, IsCheckedByTheRuleOfThePack) {
    std::string const code = unwatched("supervised");
    TaskId const id = opened("verifier", code);
    Json const made = task(id);
    EXPECT_EQ(made.at("rule").as_string(), "verify.clue 60 working_days");
    EXPECT_THAT(made.at("rule_pack").as_string(), HasSubstr("cn-national"));
    EXPECT_EQ(made.at("mode").as_string(), "written");
    ASSERT_EQ(claim("verifier", id), "ok");
    ASSERT_EQ(start("verifier", id), "ok");
    EXPECT_EQ(commitment_state(code), "under_verification");
    ASSERT_EQ(conclude("verifier", id, CheckResult::cannot_verify), "ok");
    ASSERT_EQ(close("verifier", id), "ok");
    EXPECT_EQ(commitment_state(code), "supervised");
    // And again, if another clue comes.
    EXPECT_EQ(said(open("verifier", code)), "ok");
}

}  // namespace
}  // namespace sponsio::testing
