#include "server/domain/lifecycles.hpp"

#include <algorithm>
#include <chrono>

namespace sponsio::domain {
namespace {

// ---------------------------------------------------------------------------------------------- commitment
using enum CommitmentState;
using CE = CommitmentEvent;
constexpr CommitmentLifecycle::Row commitment_rows[] = {
    {notified, CE::accept, effective},
    {notified, CE::exempt, supervised},
    {effective, CE::withdraw, withdrawn},
    {effective, CE::verification_started, under_verification},
    {supervised, CE::clue, under_verification},
    {under_verification, CE::found_consistent, fulfilled},
    {under_verification, CE::found_inconsistent, in_question},
    {under_verification, CE::found_unclear, supervised},
    {fulfilled, CE::reopened, under_verification},
    {supervised, CE::reopened, under_verification},
    {in_question, CE::reopened, under_verification},
    {partly_fulfilled, CE::reopened, under_verification},
    {expired, CE::reopened, under_verification},
    {in_question, CE::rectified, fulfilled},
    {in_question, CE::rectified_partly, partly_fulfilled},
    {in_question, CE::finding_effective, breached},
    {in_question, CE::finding_dismissed, fulfilled},
    // A verification that has begun is carried out to its end; a task that waits may still be done.
    {effective, CE::expire, expired},
    {supervised, CE::expire, expired},
    {expired, CE::verification_started, under_verification},
};

// -------------------------------------------------------------------------------------------------- finding
bool is_one_of(std::optional<AccountId> const& actor, std::vector<AccountId> const& people) {
    return actor && std::ranges::find(people, *actor) != people.end();
}

bool drafted_it(FindingFacts const& f) {
    return f.actor == f.drafted_by || is_one_of(f.actor, f.earlier_drafters);
}

Outcome<void> is_second_person(FindingFacts const& f) {
    if (drafted_it(f))
        return fault(problem::same_person, "Who drafted a finding cannot review it.",
                     "起草人不得审核本人起草的认定意见。");
    return {};
}

Outcome<void> is_third_person(FindingFacts const& f) {
    if (drafted_it(f))
        return fault(problem::same_person, "Who drafted a finding cannot decide on it.",
                     "起草人不得作出决定。");
    if (f.actor == f.reviewed_by || is_one_of(f.actor, f.returned_by))
        return fault(problem::same_person, "Who reviewed a finding cannot decide on it.",
                     "审核人不得作出决定。");
    return {};
}

/// The last day of a period in China, which is what its papers and clocks say.
std::string last_day_of(Instant end) {
    return to_iso(china_date(end - std::chrono::microseconds{1}));
}

/// The period for statement and defence must have run out (Administrative Penalty Law art. 44-45).
Outcome<void> third_person_after_defence(FindingFacts const& f) {
    if (auto third = is_third_person(f); !third) return third;
    if (!f.defence_until)
        return fault(problem::calendar_unknown,
                     "The period for statement and defence has no last day yet: the official calendar is not "
                     "known.",
                     "尚无该年度官方工作日历，陈述、申辩期限的届满日未定。");
    if (f.now < *f.defence_until)
        return fault(
            problem::too_early,
            "The last day for statement and defence is " + last_day_of(*f.defence_until) +
                "; decide after it.",
            "陈述、申辩期限的最后一日为 " + last_day_of(*f.defence_until) + "，期满后方可作出决定。");
    return {};
}

Outcome<void> within_defence_period(FindingFacts const& f) {
    if (f.defence_until && f.now >= *f.defence_until)
        return fault(problem::too_late,
                     "The last day for statement and defence was " + last_day_of(*f.defence_until) + ".",
                     "陈述、申辩期限的最后一日为 " + last_day_of(*f.defence_until) + "，现已届满。");
    return {};
}

/// What is served exists before it is served.
Outcome<void> notice_waits(FindingFacts const& f) {
    if (!f.notice_to_serve)
        return fault(problem::wrong_step,
                     "The prior notice is composed before it is served; compose it first.",
                     "事先告知书应当先制作、后送达，请先制作。");
    return {};
}

Outcome<void> remedy_period_is_over(FindingFacts const& f) {
    if (!f.remedy_until || f.now < *f.remedy_until)
        return fault(problem::too_early, "The period for reconsideration or a lawsuit has not ended.",
                     "复议、诉讼期限尚未届满。");
    return {};
}

/// A dismissal of before its document existed has none.
Outcome<void> dismissal_waits(FindingFacts const& f) {
    if (!f.dismissal_to_serve)
        return fault(problem::wrong_step, "No paper of this finding waits to be served.",
                     "该认定没有待送达的文书。");
    return {};
}

using FS = FindingState;
using FE = FindingEvent;
constexpr Guard<FindingFacts> second_person{"second person", is_second_person};
constexpr Guard<FindingFacts> third_person{"third person", is_third_person};
constexpr Guard<FindingFacts> after_defence{"third person; defence period over", third_person_after_defence};
constexpr Guard<FindingFacts> in_time{"within the defence period", within_defence_period};
constexpr FindingLifecycle::Row finding_rows[] = {
    {FS::drafted, FE::confirm, FS::reviewed, second_person},
    {FS::drafted, FE::return_draft, FS::returned, second_person},
    {FS::drafted, FE::dismiss_draft, FS::dismissed, second_person},
    {FS::returned, FE::amend, FS::drafted},
    {FS::reviewed, FE::compose_prior_notice, FS::reviewed},
    {FS::reviewed, FE::serve_prior_notice, FS::prior_notice_served, {"its paper is composed", notice_waits}},
    {FS::prior_notice_served, FE::defend, FS::defended, in_time},
    {FS::prior_notice_served, FE::waive, FS::waived, in_time},
    {FS::prior_notice_served, FE::decide, FS::decided, after_defence},
    {FS::defended, FE::decide, FS::decided, after_defence},
    {FS::waived, FE::decide, FS::decided, third_person},
    {FS::prior_notice_served, FE::dismiss, FS::dismissed, third_person},
    {FS::defended, FE::dismiss, FS::dismissed, third_person},
    {FS::waived, FE::dismiss, FS::dismissed, third_person},
    {FS::decided, FE::serve_decision, FS::served},
    {FS::dismissed, FE::serve_decision, FS::dismissed, {"its paper is not served yet", dismissal_waits}},
    // The calendar of a year has been announced: a period that reaches into it gets its last day.
    {FS::prior_notice_served, FE::calendar_known, FS::prior_notice_served},
    {FS::defended, FE::calendar_known, FS::defended},
    {FS::served, FE::calendar_known, FS::served},
    {FS::served, FE::remedy_period_over, FS::effective, {"remedy period over", remedy_period_is_over}},
    {FS::served, FE::seek_remedy, FS::under_remedy},
    {FS::under_remedy, FE::remedy_upheld, FS::effective},
    {FS::under_remedy, FE::remedy_overturned, FS::cancelled},
};

// ---------------------------------------------------------------------------------------------- submission
constexpr BatchLifecycle::Row batch_rows[] = {
    {BatchState::queued, BatchEvent::send, BatchState::sent},
    {BatchState::sent, BatchEvent::answer, BatchState::answered},
    {BatchState::sent, BatchEvent::lose_answer, BatchState::unknown},
    {BatchState::sent, BatchEvent::not_there, BatchState::queued},
    {BatchState::unknown, BatchEvent::answer, BatchState::answered},
    {BatchState::unknown, BatchEvent::not_there, BatchState::queued},
    {BatchState::queued, BatchEvent::retry, BatchState::queued},
    {BatchState::unknown, BatchEvent::retry, BatchState::unknown},
};
constexpr SubmissionLifecycle::Row submission_rows[] = {
    {SubmissionState::queued, SubmissionEvent::gather, SubmissionState::batched},
    {SubmissionState::queued, SubmissionEvent::reject, SubmissionState::rejected},  // by our own check
    {SubmissionState::batched, SubmissionEvent::accept, SubmissionState::accepted},
    {SubmissionState::batched, SubmissionEvent::reject, SubmissionState::rejected},
};

}  // namespace

CommitmentLifecycle const commitment_lifecycle{"commitment", CommitmentState::notified, commitment_rows};
FindingLifecycle const finding_lifecycle{"finding", FindingState::drafted, finding_rows};
BatchLifecycle const batch_lifecycle{"submission batch", BatchState::queued, batch_rows};
SubmissionLifecycle const submission_lifecycle{"reported record", SubmissionState::queued, submission_rows};

CommitmentEvent commitment_event_of(CheckResult result) {
    switch (result) {
        case CheckResult::consistent: return CE::found_consistent;
        case CheckResult::inconsistent: return CE::found_inconsistent;
        case CheckResult::cannot_verify: return CE::found_unclear;
        // Non-cooperation is not yet untruth: a person drafts a finding for it, or none.
        case CheckResult::non_cooperation: return CE::found_inconsistent;
    }
    return CE::found_unclear;
}

std::string lifecycles_document() {
    std::string text =
        "# Lifecycles 状态机\n\nPrinted by `sponsio lifecycles` from the tables the server runs on; do not "
        "edit by hand.\n"
        "An arrow is an event; what stands in brackets must hold for it.\n";
    for_each_lifecycle([&text](char const* title, auto const& lifecycle) {
        text += std::string("\n## ") + title + "\n\n" + diagram(lifecycle);
    });
    return text;
}

}  // namespace sponsio::domain
