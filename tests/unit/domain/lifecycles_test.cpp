#include "server/domain/lifecycles.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sponsio::domain {
namespace {

PersonId person(std::uint8_t n) {
    Uuid uuid;
    uuid.bytes[15] = n;
    return PersonId{uuid};
}

Instant const noon{std::chrono::seconds{1'780'000'000}};

FindingFacts facts(std::uint8_t actor) {
    return {.actor = person(actor),
            .drafted_by = person(1),
            .reviewed_by = person(2),
            .now = noon,
            .defence_until = noon,
            .remedy_until = noon};
}

template <class L>
void every_state_is_reached(L const& lifecycle) {
    std::set<std::string_view> states;
    for (auto const& row : words<typename L::State>) states.insert(row.text);
    std::set<std::string_view> reached{word(lifecycle.initial)};
    std::set<std::pair<typename L::State, typename L::Event>> seen;
    for (auto const& row : lifecycle.rows) {
        EXPECT_FALSE(word(row.event).empty());
        EXPECT_TRUE(seen.emplace(row.from, row.event).second)
            << "two rows for " << word(row.from) << " " << word(row.event);
        reached.insert(word(row.to));
    }
    EXPECT_EQ(reached, states) << lifecycle.name;
}

TEST(Lifecycles, TablesAreComplete) {
    for_each_lifecycle([](char const*, auto const& lifecycle) { every_state_is_reached(lifecycle); });
}

TEST(Finding, OnePersonNeverTakesTwoSteps) {
    EXPECT_EQ(finding_lifecycle.next(FindingState::drafted, FindingEvent::confirm, facts(1)).error().problem,
              &problem::same_person);
    EXPECT_EQ(finding_lifecycle.next(FindingState::drafted, FindingEvent::confirm, facts(2)).value(),
              FindingState::reviewed);
    for (FindingState from :
         {FindingState::prior_notice_served, FindingState::defended, FindingState::waived})
        for (FindingEvent event : {FindingEvent::decide, FindingEvent::dismiss})
            for (std::uint8_t actor : {std::uint8_t{1}, std::uint8_t{2}})
                EXPECT_EQ(finding_lifecycle.next(from, event, facts(actor)).error().problem,
                          &problem::same_person);
    EXPECT_EQ(finding_lifecycle.next(FindingState::waived, FindingEvent::decide, facts(3)).value(),
              FindingState::decided);
}

TEST(Finding, WhoeverTookPartBeforeNeitherReviewsNorDecides) {
    auto const refused = [](FindingState from, FindingEvent event, FindingFacts const& f) {
        auto const next = finding_lifecycle.next(from, event, f);
        return next ? "" : next.error().problem->slug;
    };
    auto const reviews = [&](FindingFacts const& f) {
        return refused(FindingState::drafted, FindingEvent::confirm, f);
    };
    auto const decides = [&](FindingFacts const& f) {
        return refused(FindingState::waived, FindingEvent::decide, f);
    };
    for (auto const part : {+[](FindingFacts& f) { f.filed_by = person(3); },
                            +[](FindingFacts& f) {
                                f.inspectors = {person(8), person(3)};
                            }}) {
        FindingFacts f = facts(3);
        part(f);
        EXPECT_EQ(reviews(f), "same-person");
        EXPECT_EQ(decides(f), "same-person");
    }
    for (auto const part : {+[](FindingFacts& f) { f.served_by = {person(3)}; },
                            +[](FindingFacts& f) { f.appointed_by = {person(1)}; },
                            +[](FindingFacts& f) {
                                f.appointed_by = {person(9), person(2)};
                            },
                            +[](FindingFacts& f) { f.filed_by = f.appointed_by.emplace_back(person(7)); }}) {
        FindingFacts f = facts(3);
        part(f);
        EXPECT_EQ(decides(f), "same-person");
    }
    FindingFacts stranger = facts(3);
    stranger.appointed_by = {person(9)};
    EXPECT_EQ(decides(stranger), "");
    stranger.unknown = true;
    EXPECT_EQ(reviews(stranger), "forbidden");
    EXPECT_EQ(decides(stranger), "forbidden");
    FindingFacts decider = facts(3);
    decider.decided_by = person(3);
    EXPECT_EQ(refused(FindingState::decided, FindingEvent::serve_decision, decider), "same-person");
}

TEST(Finding, TheDefencePeriodRunsToItsLastMicrosecond) {
    FindingFacts last = facts(3), first_after = facts(3);
    last.now = noon - std::chrono::microseconds{1};
    EXPECT_EQ(finding_lifecycle.next(FindingState::prior_notice_served, FindingEvent::defend, last).value(),
              FindingState::defended);
    EXPECT_EQ(
        finding_lifecycle.next(FindingState::prior_notice_served, FindingEvent::decide, last).error().problem,
        &problem::too_early);
    EXPECT_EQ(finding_lifecycle.next(FindingState::prior_notice_served, FindingEvent::defend, first_after)
                  .error()
                  .problem,
              &problem::too_late);
    EXPECT_EQ(
        finding_lifecycle.next(FindingState::prior_notice_served, FindingEvent::decide, first_after).value(),
        FindingState::decided);
    // A waiver ends the waiting, a statement does not.
    EXPECT_EQ(finding_lifecycle.next(FindingState::waived, FindingEvent::decide, last).value(),
              FindingState::decided);
    EXPECT_EQ(finding_lifecycle.next(FindingState::defended, FindingEvent::decide, last).error().problem,
              &problem::too_early);
}

TEST(Finding, WaitsWhileNobodyKnowsTheEndOfAPeriod) {
    FindingFacts open = facts(3);
    open.defence_until = std::nullopt;
    open.remedy_until = std::nullopt;
    open.now = noon + std::chrono::years{9};
    for (FindingState from : {FindingState::prior_notice_served, FindingState::defended})
        EXPECT_EQ(finding_lifecycle.next(from, FindingEvent::decide, open).error().problem,
                  &problem::calendar_unknown);
    EXPECT_EQ(
        finding_lifecycle.next(FindingState::served, FindingEvent::remedy_period_over, open).error().problem,
        &problem::too_early);
    EXPECT_EQ(finding_lifecycle.next(FindingState::prior_notice_served, FindingEvent::defend, open).value(),
              FindingState::defended);
    EXPECT_EQ(finding_lifecycle.next(FindingState::waived, FindingEvent::decide, open).value(),
              FindingState::decided);
}

TEST(Finding, ADismissalIsServedOnlyWhereItsPaperWaits) {
    FindingFacts f = facts(3);
    EXPECT_EQ(
        finding_lifecycle.next(FindingState::dismissed, FindingEvent::serve_decision, f).error().problem,
        &problem::wrong_step);
    f.dismissal_to_serve = true;
    EXPECT_EQ(finding_lifecycle.next(FindingState::dismissed, FindingEvent::serve_decision, f).value(),
              FindingState::dismissed);
}

TEST(Finding, TakesEffectOnlyServedAndAfterTheRemedies) {
    FindingFacts early = facts(3);
    early.now = noon - std::chrono::microseconds{1};
    EXPECT_EQ(
        finding_lifecycle.next(FindingState::served, FindingEvent::remedy_period_over, early).error().problem,
        &problem::too_early);
    EXPECT_EQ(
        finding_lifecycle.next(FindingState::served, FindingEvent::remedy_period_over, facts(3)).value(),
        FindingState::effective);
    for (auto const& state : words<FindingState>) {
        if (state.value == FindingState::served || state.value == FindingState::under_remedy) continue;
        for (auto const& event : words<FindingEvent>) {
            auto const next = finding_lifecycle.next(state.value, event.value, facts(3));
            EXPECT_FALSE(next && *next == FindingState::effective) << state.text << " " << event.text;
        }
    }
}

TEST(Task, NobodyChecksTheirOwnFilingOrSomebodyElsesTask) {
    TaskFacts f{.actor = person(1),
                .assignee = std::nullopt,
                .filed_by = person(1),
                .evidence_count = 0,
                .result = std::nullopt};
    EXPECT_EQ(task_lifecycle.next(TaskState::created, TaskEvent::claim, f).error().problem,
              &problem::same_person);
    f.filed_by = person(9);
    EXPECT_EQ(task_lifecycle.next(TaskState::created, TaskEvent::claim, f).value(), TaskState::assigned);
    f.assignee = person(2);
    EXPECT_EQ(task_lifecycle.next(TaskState::assigned, TaskEvent::start, f).error().problem,
              &problem::forbidden);
}

TEST(Task, SpeakingAgainstSomebodyNeedsEvidence) {
    TaskFacts f{.actor = person(1),
                .assignee = person(1),
                .filed_by = person(9),
                .evidence_count = 0,
                .result = CheckResult::inconsistent};
    EXPECT_EQ(task_lifecycle.next(TaskState::in_progress, TaskEvent::conclude, f).error().problem,
              &problem::conflict);
    f.evidence_count = 1;
    EXPECT_EQ(task_lifecycle.next(TaskState::in_progress, TaskEvent::conclude, f).value(),
              TaskState::concluded);
    f.evidence_count = 0;
    f.result = CheckResult::consistent;
    EXPECT_EQ(task_lifecycle.next(TaskState::in_progress, TaskEvent::conclude, f).value(),
              TaskState::concluded);
}

TEST(Task, OnlyAMatchClosesItWithoutAPerson) {
    TaskFacts f{.actor = person(1),
                .assignee = std::nullopt,
                .filed_by = person(9),
                .evidence_count = 1,
                .result = {}};
    for (auto const& result : words<CheckResult>) {
        f.result = result.value;
        EXPECT_EQ(task_lifecycle.next(TaskState::created, TaskEvent::auto_close, f).has_value(),
                  result.value == CheckResult::consistent);
        for (TaskState const state : {TaskState::assigned, TaskState::in_progress})
            EXPECT_FALSE(task_lifecycle.next(state, TaskEvent::auto_close, f)) << "a person has it";
    }
    f.result = CheckResult::consistent;
    f.drawn = true;
    EXPECT_FALSE(task_lifecycle.next(TaskState::created, TaskEvent::auto_close, f)) << "chance sent somebody";
}

TEST(Task, SomebodyElseDecidesWhoIsRecusedAndWhatIsReopened) {
    RecusalFacts const asked{.actor = person(1), .inspector = person(2), .requested_by = person(1)};
    RecusalFacts const meant{.actor = person(2), .inspector = person(2), .requested_by = person(1)};
    RecusalFacts const third{.actor = person(3), .inspector = person(2), .requested_by = person(1)};
    for (RecusalEvent event : {RecusalEvent::grant, RecusalEvent::refuse}) {
        EXPECT_EQ(recusal_lifecycle.next(RecusalState::requested, event, asked).error().problem,
                  &problem::same_person);
        EXPECT_EQ(recusal_lifecycle.next(RecusalState::requested, event, meant).error().problem,
                  &problem::same_person);
        EXPECT_TRUE(recusal_lifecycle.next(RecusalState::requested, event, third));
    }
    ReopeningFacts f{.actor = person(1), .requested_by = person(1), .new_evidence = 1, .live_finding = false};
    auto const approved = [&] {
        return reopening_lifecycle.next(ReopeningState::requested, ReopeningEvent::approve, f);
    };
    EXPECT_EQ(approved().error().problem, &problem::same_person);
    f.actor = person(2);
    EXPECT_TRUE(approved());
    f.new_evidence = 0;
    EXPECT_EQ(approved().error().problem, &problem::conflict);
    f = {.actor = person(2), .requested_by = person(1), .new_evidence = 1, .live_finding = true};
    EXPECT_EQ(approved().error().problem, &problem::conflict);
}

TEST(Task, IsCancelledOnlyBeforeTheCheckBegan) {
    TaskFacts const f{.actor = person(1),
                      .assignee = person(2),
                      .filed_by = person(1),
                      .evidence_count = 0,
                      .result = std::nullopt};
    for (auto const& state : words<TaskState>) {
        bool const waiting = state.value == TaskState::created || state.value == TaskState::assigned;
        EXPECT_EQ(task_lifecycle.next(state.value, TaskEvent::cancel, f).has_value(), waiting) << state.text;
    }
    EXPECT_EQ(task_lifecycle.possible_from(TaskState::cancelled), "");
}

TEST(Lifecycle, AWrongStepSaysWhereItStandsAndWhatIsPossible) {
    Fault const refused =
        commitment_lifecycle.next(CommitmentState::withdrawn, CommitmentEvent::withdraw, {}).error();
    EXPECT_EQ(refused.problem, &problem::wrong_step);
    EXPECT_NE(refused.detail.en.find("withdrawn"), std::string::npos);
    Fault const with_choice =
        finding_lifecycle.next(FindingState::drafted, FindingEvent::decide, facts(3)).error();
    EXPECT_NE(with_choice.detail.en.find("confirm, return_draft, dismiss_draft"), std::string::npos)
        << with_choice.detail.en;
    EXPECT_FALSE(with_choice.detail.zh.empty());
}

TEST(Lifecycle, TheDocumentShowsEveryRow) {
    std::string const document = lifecycles_document();
    for (auto const& row : finding_lifecycle.rows) {
        std::string const arrow = std::string(word(row.from)) + " --> " + std::string(word(row.to)) + ": " +
                                  std::string(word(row.event));
        EXPECT_NE(document.find(arrow), std::string::npos) << arrow;
    }
    EXPECT_NE(document.find("[third person; defence period over; new facts re-checked]"), std::string::npos);
}

}  // namespace
}  // namespace sponsio::domain
