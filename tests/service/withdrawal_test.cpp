#include "tests/service/filing_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::ElementsAre;

/// A check that is to come is not escaped by a withdrawal.
class Withdrawal : public FilingWorld {
  protected:
    std::string commitment() { return filed(fresh_key(), body()).at("commitment_code").as_string(); }

    Json ask(std::string const& code) {
        return json::parse(await(filing->withdraw(as("clerk"), code, "改为提交证明")).value().json).value();
    }

    Outcome<Json> decide(std::string const& code, bool consented = true,
                         std::string const& who = "supervisor") {
        return await(filing->decide_withdrawal(as(who), code, {consented, "尚未核查"}));
    }

    std::int64_t open_tasks(std::string const& code) {
        return static_cast<std::int64_t>(store::lock_open_tasks(db(), code).size());
    }
};

TEST_F(Withdrawal, ACheckThatWaitsGoesOnUntilItsUnitConsents) {
    std::string const code = commitment();
    Json const asked = ask(code);
    EXPECT_EQ(asked.at("state").as_string(), "effective");
    EXPECT_EQ(asked.at("withdrawal").at("state").as_string(), "requested");
    EXPECT_EQ(open_tasks(code), 1);
    EXPECT_EQ(said(await(filing->withdraw(as("clerk"), code, "再次申请"))), "conflict");
    EXPECT_EQ(said(decide(code, true, "clerk")), "same-person");
    EXPECT_EQ(said(decide(code, true, "stranger")), "not-found");
    EXPECT_EQ(decide(code).value().at("state").as_string(), "consented");
    EXPECT_EQ(commitment_state(code), "withdrawn");
    EXPECT_EQ(open_tasks(code), 0);
    EXPECT_EQ(said(decide(code)), "wrong-step");
}

TEST_F(Withdrawal, WhatIsRefusedStays) {
    std::string const code = commitment();
    ask(code);
    EXPECT_EQ(decide(code, false).value().at("state").as_string(), "refused");
    EXPECT_EQ(commitment_state(code), "effective");
    EXPECT_EQ(open_tasks(code), 1);
    EXPECT_EQ(ask(code).at("withdrawal").at("state").as_string(), "requested");
}

TEST_F(Withdrawal, NoConsentEndsACheckThatHasBegun) {
    Json const filing_answer = filed(fresh_key(), body());
    std::string const code = filing_answer.at("commitment_code").as_string();
    auto const task = *TaskId::parse(filing_answer.at("verification").at("task_id").as_string());
    ask(code);
    await(verifications->claim(as("verifier"), task)).value();
    await(verifications->start(as("verifier"), task)).value();
    EXPECT_EQ(said(decide(code)), "wrong-step");
    EXPECT_EQ(commitment_state(code), "under_verification");
    EXPECT_EQ(said(decide(code, false)), "ok");
}

TEST_F(Withdrawal, WhatNobodyIsToCheckIsWithdrawnAtOnce) {
    replan(1, [](domain::VerificationPlan& plan) {
        plan.coverage = domain::Coverage::sampled;
        plan.ratio = domain::Ratio{5, 100};
    }).value();
    std::string const code = commitment();
    EXPECT_EQ(ask(code).at("state").as_string(), "withdrawn");
    EXPECT_EQ(said(decide(code)), "wrong-step");
}

TEST_F(Withdrawal, WhatMayBeDrawnIsNot) {
    replan(1, [](domain::VerificationPlan& plan) {
        plan.coverage = domain::Coverage::sampled;
        plan.ratio = domain::Ratio{5, 100};
    }).value();
    std::string const code = commitment();
    std::string const matter = store::commitment_by_code(db(), code)->matter.text();
    clock.advance(std::chrono::hours{1});
    admin().command(
        "insert into draw (draw_id, organisation_id, created_by, created_at, title, plan, state, objects, "
        "inspectors, pool_bytes, pool_digest, seed_commitment, sealed_seed, committed_at, reveal_by) select "
        "gen_random_uuid(), organisation_id, filed_by, now(), '{}', '{\"strata\":[{\"matters\":[\"" +
        matter +
        "\"]}]}', 'committed', 1, 0, 1, sha256('a'), sha256('b'), 'x', accepted_at + interval '1 minute', "
        "now() from commitment where code = '" +
        code + "'");
    EXPECT_EQ(ask(code).at("state").as_string(), "effective");
    EXPECT_EQ(decide(code).value().at("state").as_string(), "consented");
    EXPECT_EQ(commitment_state(code), "withdrawn");
}

}  // namespace
}  // namespace sponsio::testing
