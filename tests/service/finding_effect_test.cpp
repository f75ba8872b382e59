#include "server/work/effect.hpp"
#include "tests/service/finding_steps.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace sponsio::testing {
namespace {

using ::testing::ElementsAre;
using namespace std::chrono_literals;

/// Served findings, and services whose hook the test sees.
class FindingEffect : public FindingFixture {
  protected:
    std::unique_ptr<service::FindingService> service_with(service::OnEffect hook, db::DbExecutor& on) {
        return std::make_unique<service::FindingService>(service::FindingParts{{.db = on,
                                                                                .vault = *vault,
                                                                                .matters = matters,
                                                                                .rules = *rules,
                                                                                .calendar = *calendar,
                                                                                .clock = clock},
                                                                               std::move(hook)});
    }

    Deadline soon() const { return as("clerk").deadline; }
};

TEST_F(FindingEffect, BeginsOnTheFirstInstantAfterThePeriod) {
    FindingId const id = served();
    clock.set(*row(id).remedy_until - 1us);
    EXPECT_EQ(effect().effective, 0);
    EXPECT_EQ(state_of(id), "served");
    EXPECT_EQ(commitment_state(filed.code), "in_question");
    clock.set(*row(id).remedy_until);
    EXPECT_EQ(effect().effective, 1);
    EXPECT_EQ(state_of(id), "effective");
    EXPECT_EQ(effect().effective, 0);
}

TEST_F(FindingEffect, TellsTheHookInTheSameTransaction) {
    FindingId const id = served();
    clock.set(*row(id).remedy_until + 1h);
    std::vector<FindingId> told;
    auto const service = service_with(
        [&](db::PgSession& db, FindingId finding, Instant now) -> Outcome<void> {
            told.push_back(finding);
            EXPECT_EQ(now, clock.now());
            EXPECT_EQ(store::finding_by_id(db, finding)->state, domain::FindingState::effective);
            EXPECT_EQ(state_of(finding), "served");  // another session sees nothing yet
            return {};
        },
        *executor);
    EXPECT_EQ(service->take_effect(soon(), 10).value().effective, 1);
    EXPECT_THAT(told, ElementsAre(id));
}

TEST_F(FindingEffect, OneThatCannotBeMovedHoldsUpNoOther) {
    std::vector<FindingId> ids;
    std::vector<std::string> codes;
    for (int i = 0; i != 3; ++i) {
        ids.push_back(served());
        codes.push_back(filed.code);
    }
    clock.set(*row(ids.back()).remedy_until);
    bool broken = true;
    auto const service = service_with(
        [&](db::PgSession&, FindingId finding, Instant) -> Outcome<void> {
            if (broken && finding == ids[0]) return fault(problem::lint_failed);
            return {};
        },
        *executor);
    auto round = service->take_effect(soon(), 10).value();
    EXPECT_EQ(round.effective, 2);
    ASSERT_EQ(round.failures.size(), 1u);
    EXPECT_EQ(round.failures[0].finding, ids[0]);
    EXPECT_EQ(round.failures[0].why.problem, &problem::lint_failed);
    EXPECT_EQ(state_of(ids[0]), "served");
    EXPECT_EQ(commitment_state(codes[0]), "in_question");
    EXPECT_EQ(moves(ids[0].text()).back(), "decided>served");

    broken = false;
    EXPECT_EQ(service->take_effect(soon(), 10).value().effective, 1);
    EXPECT_EQ(commitment_state(codes[0]), "breached");
}

TEST_F(FindingEffect, AFailureOfTheDatabaseInOneCostsNoOther) {
    FindingId const bad = served(), good = served();
    clock.set(*row(good).remedy_until);
    auto const service = service_with(
        [&](db::PgSession& db, FindingId finding, Instant) -> Outcome<void> {
            if (finding == bad) db.command("select 1/0");
            return {};
        },
        *executor);
    auto const round = service->take_effect(soon(), 10).value();
    EXPECT_EQ(round.effective, 1);
    ASSERT_EQ(round.failures.size(), 1u);
    EXPECT_EQ(round.failures[0].finding, bad);
    EXPECT_EQ(state_of(bad), "served");
    EXPECT_EQ(state_of(good), "effective");
}

TEST_F(FindingEffect, TakesNoMoreThanItWasTold) {
    for (int i = 0; i != 3; ++i) served();
    clock.set(china("2026-12-01T00:00:00"));
    auto round = findings->take_effect(soon(), 2).value();
    EXPECT_EQ(round.effective, 2);
    EXPECT_TRUE(round.more);
    round = findings->take_effect(soon(), 2).value();
    EXPECT_EQ(round.effective, 1);
    EXPECT_FALSE(round.more);
}

TEST_F(FindingEffect, HappensOnceHoweverManyLook) {
    std::vector<FindingId> ids;
    for (int i = 0; i != 12; ++i) ids.push_back(served());
    clock.set(*row(ids.back()).remedy_until);
    std::mutex mutex;
    std::multiset<FindingId> told;
    auto const hook = [&](db::PgSession&, FindingId finding, Instant) -> Outcome<void> {
        std::lock_guard lock(mutex);
        told.insert(finding);
        return {};
    };
    // Three processes: each with its own connections and its own service.
    std::atomic<int> effective = 0;
    std::vector<std::thread> processes;
    for (int i = 0; i != 3; ++i)
        processes.emplace_back([&] {
            db::DbExecutor own({.connection = app(), .threads = 1});
            auto const service = service_with(hook, own);
            auto const round = service->take_effect(soon(), 100).value();
            EXPECT_TRUE(round.failures.empty());
            effective += round.effective;
        });
    for (auto& process : processes) process.join();
    EXPECT_EQ(effective, 12);
    EXPECT_EQ(told, std::multiset<FindingId>(ids.begin(), ids.end()));
    for (FindingId id : ids) EXPECT_EQ(moves(id.text()).size(), 7u);
}

TEST_F(FindingEffect, ThatSomebodyIsWorkingOnIsPassedOver) {
    FindingId const held = served(), free = served();
    clock.set(china("2026-12-01T00:00:00"));
    db::Tx tx(db());
    ASSERT_TRUE(store::lock_finding(db(), held));
    EXPECT_EQ(findings->take_effect(soon(), 10).value().effective, 1);
    EXPECT_EQ(state_of(free), "effective");
    EXPECT_EQ(state_of(held), "served");
}

TEST_F(FindingEffect, RunsAsARoundOfBackgroundWork) {
    served();
    auto const round = work::effect_round(*findings);
    EXPECT_EQ(round().value(), 0u);
    clock.set(china("2026-12-01T00:00:00"));
    auto const refusing = service_with(
        [](db::PgSession&, FindingId, Instant) -> Outcome<void> { return fault(problem::lint_failed); },
        *executor);
    EXPECT_EQ(said(work::effect_round(*refusing)()), "lint-failed");
    EXPECT_EQ(round().value(), 1u);
    EXPECT_EQ(round().value(), 0u);
}

}  // namespace
}  // namespace sponsio::testing
