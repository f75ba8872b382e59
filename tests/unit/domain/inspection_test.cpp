#include "server/domain/inspection.hpp"

#include <gtest/gtest.h>

namespace sponsio::domain {
namespace {

PersonId person(std::uint8_t last) {
    Uuid id{};
    id.bytes.back() = last;
    return PersonId{id};
}

/// Decided by another person than asked, in a place that wants a cap.
InspectionFacts facts(std::optional<int> cap, int made) {
    return {.actor = person(1), .requested_by = person(2), .cap = cap, .capped = true, .made = made};
}

auto approve(InspectionFacts const& facts) {
    return inspection_lifecycle.next(InspectionState::requested, InspectionEvent::approve, facts);
}

// 国办发〔2024〕54号: no enterprise is inspected more often in a year than was published.
TEST(Inspection, AboveTheYearlyCapIsRefused) {
    EXPECT_EQ(approve(facts(2, 0)).value(), InspectionState::approved);
    EXPECT_EQ(approve(facts(2, 1)).value(), InspectionState::approved);
    for (int const made : {2, 3}) {
        auto const refused = approve(facts(2, made));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().problem, &problem::conflict);
        EXPECT_NE(refused.error().detail.en.find("check.enterprise.cap"), std::string::npos);
        EXPECT_NE(refused.error().detail.zh.find("上限为 2 次"), std::string::npos);
    }
}

TEST(Inspection, WhereACapIsWantedAndNoneIsPublishedNobodyGoes) {
    EXPECT_FALSE(approve(facts({}, 0)));
    auto elsewhere = facts({}, 9);
    elsewhere.capped = false;
    EXPECT_TRUE(approve(elsewhere));
}

TEST(Inspection, NobodyApprovesTheirOwn) {
    auto own = facts(2, 0);
    own.requested_by = own.actor;
    auto const refused = approve(own);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().problem, &problem::same_person);
    EXPECT_FALSE(inspection_lifecycle.next(InspectionState::requested, InspectionEvent::refuse, own));
}

TEST(Inspection, AskedForOrApprovedItCanBeCalledOff) {
    for (auto const state : {InspectionState::requested, InspectionState::approved})
        EXPECT_EQ(inspection_lifecycle.next(state, InspectionEvent::call_off, facts(2, 0)).value(),
                  InspectionState::called_off);
}

TEST(Inspection, WhatWasNotApprovedIsNotCarriedOut) {
    for (auto const state : {InspectionState::requested, InspectionState::refused,
                             InspectionState::carried_out, InspectionState::called_off})
        EXPECT_FALSE(inspection_lifecycle.next(state, InspectionEvent::carry_out, facts(2, 0)));
}

}  // namespace
}  // namespace sponsio::domain
