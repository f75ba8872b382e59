#include "server/domain/campaign.hpp"

#include <gtest/gtest.h>

namespace sponsio::domain {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

PersonId person(std::uint8_t n) {
    Uuid uuid;
    uuid.bytes[15] = n;
    return PersonId{uuid};
}

Date on(unsigned m, unsigned d) {
    return year{2026} / month{m} / day{d};
}

CampaignTaskDraft task(CampaignTaskKind kind, Date due, std::string region = "110105") {
    return {kind, std::move(region), "11110105000000066", "摸底", due};
}

CampaignDraft plan() {
    CampaignDraft draft{.name = "专项治理",
                        .authority = ExposureAuthority::civil_affairs,
                        .number = "1号",
                        .purpose = "清理",
                        .items = {"cn-2020-01"},
                        .regions = {"110105"},
                        .starts_on = on(4, 1),
                        .ends_on = on(10, 31),
                        .before = {on(3, 1), on(3, 31)},
                        .after = {on(8, 1), on(8, 31)}};
    draft.tasks = {task(CampaignTaskKind::count_before, on(4, 20)),
                   task(CampaignTaskKind::clean_up, on(6, 30)),
                   task(CampaignTaskKind::count_after, on(9, 20))};
    return draft;
}

std::vector<std::string> refused(CampaignDraft const& draft) {
    std::vector<std::string> all;
    auto const checked = check_plan(draft);
    if (!checked)
        for (FieldError const& one : checked.error().fields) all.push_back(one.pointer);
    return all;
}

TEST(CampaignPlan, IsTakenWhereEverythingCompares) {
    EXPECT_TRUE(refused(plan()).empty());
}

TEST(CampaignPlan, PeriodsAreEquallyLongAndOneAfterTheOther) {
    auto draft = plan();
    draft.after.to = on(8, 30);
    EXPECT_EQ(refused(draft), std::vector<std::string>{"/after/to"});
    draft = plan();
    draft.after = {on(3, 31), on(4, 30)};
    EXPECT_EQ(refused(draft), std::vector<std::string>{"/after/from"});
    draft.after = {on(4, 1), on(5, 1)};
    EXPECT_TRUE(refused(draft).empty());
}

TEST(CampaignPlan, ACountIsDueAfterWhatItCounts) {
    auto draft = plan();
    draft.tasks[2].due_on = on(8, 31);
    EXPECT_EQ(refused(draft), std::vector<std::string>{"/tasks/2/due_on"});
    draft.tasks[2].due_on = on(9, 1);
    EXPECT_TRUE(refused(draft).empty());
    draft.tasks[2].due_on = on(11, 1);
    EXPECT_EQ(refused(draft), std::vector<std::string>{"/tasks/2/due_on"});
    draft.tasks[2].due_on = on(10, 31);
    EXPECT_TRUE(refused(draft).empty());
}

TEST(CampaignPlan, EachRegionIsCountedOnceBeforeAndOnceAfter) {
    auto draft = plan();
    draft.regions.emplace_back("110101");
    EXPECT_EQ(refused(draft), (std::vector<std::string>{"/region_codes/1", "/region_codes/1"}));
    draft.regions[1] = "110100";
    EXPECT_EQ(refused(draft).front(), "/region_codes/0") << "a region within another is counted twice";
    draft = plan();
    draft.tasks.push_back(draft.tasks[0]);
    EXPECT_EQ(refused(draft), std::vector<std::string>{"/tasks/3/kind"});
    draft = plan();
    draft.tasks.push_back(draft.tasks[1]);
    EXPECT_TRUE(refused(draft).empty());
}

AcceptedCount counted(CampaignTaskKind kind, std::string const& unit, std::int64_t number,
                      std::string region = "110105") {
    return {kind, std::move(region), unit, {unit, std::nullopt, "cn-2020-01", CountedAs::issued, number}};
}

TEST(CampaignFigures, WhatWasNotCountedIsNotZero) {
    std::vector<AcceptedCount> const counts{
        counted(CampaignTaskKind::count_before, "a", 7), counted(CampaignTaskKind::count_before, "b", 5),
        counted(CampaignTaskKind::count_after, "a", 0), counted(CampaignTaskKind::count_after, "c", 4)};
    auto const units = figures_of_units(counts);
    ASSERT_EQ(units.size(), 3U);
    EXPECT_EQ(units[0].after, 0);
    EXPECT_EQ(units[1].after, std::nullopt);
    EXPECT_EQ(units[2].before, std::nullopt);
    auto const regions = figures_of_regions(counts);
    ASSERT_EQ(regions.size(), 1U);
    EXPECT_EQ(std::pair(regions[0].before, regions[0].after),
              std::pair(std::optional(12L), std::optional(4L)));
    auto const totals = totals_of(units);
    EXPECT_EQ(std::pair(totals[0].before, totals[0].after), std::pair(7L, 0L))
        << "only who was counted twice";
    EXPECT_EQ(std::pair(totals[1].before, totals[1].after), std::pair(0L, 0L));
}

TEST(CampaignFigures, RegionsAndUnitsOfOneNameStayApart) {
    auto const units = figures_of_units({counted(CampaignTaskKind::count_before, "a", 7),
                                         counted(CampaignTaskKind::count_before, "a", 5, "110101")});
    ASSERT_EQ(units.size(), 2U);
    EXPECT_EQ(units[0].region, "110101");
    EXPECT_EQ(units[0].before, 5);
}

CampaignFacts facts(std::uint8_t actor) {
    return {.actor = person(actor),
            .known = true,
            .drafted_by = person(1),
            .opened_by = person(2),
            .proposed_by = person(3)};
}

Problem const* refusal(CampaignState from, CampaignEvent event, CampaignFacts const& f) {
    auto const next = campaign_lifecycle.next(from, event, f);
    return next ? nullptr : next.error().problem;
}

TEST(CampaignLifecycle, EachDecisionIsOfAnotherPerson) {
    using S = CampaignState;
    using E = CampaignEvent;
    EXPECT_EQ(refusal(S::drafted, E::open, facts(1)), &problem::same_person);
    EXPECT_EQ(refusal(S::drafted, E::open, facts(2)), nullptr);
    EXPECT_EQ(refusal(S::opened, E::withdraw, facts(2)), &problem::same_person);
    EXPECT_EQ(refusal(S::opened, E::withdraw, facts(1)), nullptr);
    EXPECT_EQ(refusal(S::result_proposed, E::close, facts(3)), &problem::same_person);
    EXPECT_EQ(refusal(S::result_proposed, E::return_result, facts(3)), &problem::same_person);
    EXPECT_EQ(refusal(S::result_proposed, E::close, facts(1)), nullptr);
    auto unknown = facts(4);
    unknown.known = false;
    for (auto const& row : campaign_lifecycle.rows)
        EXPECT_EQ(refusal(row.from, row.event, unknown), &problem::forbidden) << word(row.event);
}

TEST(CampaignLifecycle, AResultWaitsForTheTasksOrTheLastDay) {
    auto f = facts(1);
    EXPECT_EQ(refusal(CampaignState::opened, CampaignEvent::propose_result, f), &problem::too_early);
    f.over = true;
    EXPECT_EQ(refusal(CampaignState::opened, CampaignEvent::propose_result, f), nullptr);
    EXPECT_EQ(refusal(CampaignState::drafted, CampaignEvent::open, facts(2)), nullptr);
    auto late = facts(2);
    late.over = true;
    EXPECT_EQ(refusal(CampaignState::drafted, CampaignEvent::open, late), &problem::conflict);
    f = facts(1);
    f.all_done = true;
    EXPECT_EQ(refusal(CampaignState::opened, CampaignEvent::propose_result, f), nullptr);
}

TEST(CampaignTaskLifecycle, MovesOnlyWhileTheCampaignRuns) {
    using S = CampaignTaskState;
    using E = CampaignTaskEvent;
    CampaignTaskFacts f{.actor = person(1),
                        .known = true,
                        .running = true,
                        .countable = true,
                        .has_before = true,
                        .reported_by = person(2)};
    auto const may = [&](S from, E event) {
        return campaign_task_lifecycle.next(from, event, f).has_value();
    };
    EXPECT_TRUE(may(S::assigned, E::report) && may(S::reported, E::accept) &&
                may(S::reported, E::return_report));
    f.reported_by = person(1);
    EXPECT_EQ(campaign_task_lifecycle.next(S::reported, E::accept, f).error().problem, &problem::same_person);
    f.reported_by = person(2);
    for (bool CampaignTaskFacts::*missing :
         {&CampaignTaskFacts::countable, &CampaignTaskFacts::has_before, &CampaignTaskFacts::running}) {
        f.*missing = false;
        EXPECT_FALSE(may(S::assigned, E::report));
        EXPECT_EQ(may(S::reported, E::accept), missing != &CampaignTaskFacts::running);
        f.*missing = true;
    }
}

}  // namespace
}  // namespace sponsio::domain
