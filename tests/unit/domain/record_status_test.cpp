#include "server/domain/record_status.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace sponsio::domain {
namespace {

using enum RecordCause;

/// The causes from the weakest to the strongest, with the status of each: the order that docs/records.md
/// gives.
struct Strength {
    RecordCause cause;
    RecordStatus status;
};

constexpr Strength by_strength[] = {{objection, RecordStatus::objected},
                                    {remedy, RecordStatus::remedy_pending},
                                    {repair, RecordStatus::repaired},
                                    {suspension, RecordStatus::suspended},
                                    {withdrawal, RecordStatus::invalid}};

/// What the strongest of some causes, given as bits in that order, says.
RecordStatus expected(unsigned bits) {
    RecordStatus status = RecordStatus::valid;
    for (std::size_t i = 0; i != std::size(by_strength); ++i)
        if (bits >> i & 1u) status = by_strength[i].status;
    return status;
}

OpenCauses causes(unsigned bits) {
    OpenCauses open;
    for (std::size_t i = 0; i != std::size(by_strength); ++i)
        if (bits >> i & 1u) open = open.with(by_strength[i].cause);
    return open;
}

TEST(RecordStatus, EverySetOfCausesShowsItsStrongest) {
    for (unsigned bits = 0; bits != 1u << std::size(by_strength); ++bits) {
        EXPECT_EQ(status_of(causes(bits)), expected(bits)) << bits;
        EXPECT_EQ(state_of(causes(bits)) == RecordState::withdrawn, causes(bits).has(withdrawal)) << bits;
    }
}

TEST(RecordStatus, EachCauseHasAStatusAndEventsOfItsOwn) {
    std::set<RecordStatus> statuses{RecordStatus::valid};
    std::set<RecordEvent> events;
    for (CauseRule const& rule : cause_rules()) {
        EXPECT_EQ(&rule_of(rule.cause), &rule);
        EXPECT_TRUE(statuses.insert(rule.status).second) << word(rule.cause);
        EXPECT_TRUE(events.insert(rule.opened_by).second) << word(rule.cause);
        if (rule.ended_by) EXPECT_TRUE(events.insert(*rule.ended_by).second) << word(rule.cause);
    }
    EXPECT_EQ(cause_rules().size(), words_of(RecordCause{}).size());
    EXPECT_EQ(statuses.size(), words_of(RecordStatus{}).size());
    EXPECT_EQ(events.size(), words_of(RecordEvent{}).size());
}

TEST(RecordStatus, ACauseIsOpenOnceAndEndsOnlyIfItIsOpen) {
    for (CauseRule const& rule : cause_rules()) {
        if (!rule.ended_by) continue;
        OpenCauses const open = OpenCauses{}.with(rule.cause);
        EXPECT_EQ(status_steps.next(rule.status, rule.opened_by, open).error().problem, &problem::conflict);
        EXPECT_EQ(status_steps.next(RecordStatus::valid, *rule.ended_by, {}).error().problem,
                  &problem::conflict);
        EXPECT_EQ(status_steps.next(RecordStatus::valid, rule.opened_by, {}).value(), rule.status);
        EXPECT_EQ(status_steps.next(rule.status, *rule.ended_by, open).value(), RecordStatus::valid);
    }
}

TEST(RecordStatus, NothingFollowsAWithdrawal) {
    for (unsigned bits = 0; bits != 1u << std::size(by_strength); ++bits) {
        OpenCauses const open = causes(bits).with(withdrawal);
        for (auto const& event : words_of(RecordEvent{})) {
            auto const next = status_steps.next(RecordStatus::invalid, event.value, open);
            ASSERT_FALSE(next) << event.text;
            EXPECT_EQ(next.error().problem, &problem::wrong_step) << event.text;
        }
    }
}

TEST(RecordStatus, AStatusThatIsNotThatOfItsCausesIsAFaultOfOurs) {
    auto const next = status_steps.next(RecordStatus::valid, RecordEvent::suspend, OpenCauses{}.with(repair));
    EXPECT_EQ(next.error().problem, &problem::internal);
}

/// Any sequence of events, also of those that are refused.
TEST(RecordStatus, IsAlwaysThatOfTheOpenCauses) {
    std::mt19937 random(20260401);
    auto const events = words_of(RecordEvent{});
    int moved = 0, refused = 0;
    for (int run = 0; run != 2'000; ++run) {
        RecordStatus status = RecordStatus::valid;
        OpenCauses open;
        for (int n = 0; n != 30; ++n) {
            // A withdrawal ends a run, so it comes more seldom than the others.
            auto event = events[random() % events.size()].value;
            if (event == RecordEvent::withdraw && random() % 8 != 0) continue;
            auto const next = status_steps.next(status, event, open);
            if (!next) {
                ++refused;
                continue;
            }
            ++moved;
            OpenCauses const before = open;
            open = after(open, event);
            status = *next;
            ASSERT_NE(open, before) << "an event that changes no cause";
            ASSERT_EQ(status, status_of(open));
        }
    }
    EXPECT_GT(moved, 10'000);
    EXPECT_GT(refused, 10'000);
}

}  // namespace
}  // namespace sponsio::domain
