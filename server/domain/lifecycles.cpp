#include "server/domain/lifecycles.hpp"

#include "server/domain/second_person.hpp"

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
    {breached, CE::finding_revoked, in_question},
    // A verification that has begun is carried out to its end; a task that waits may still be done.
    {effective, CE::expire, expired},
    {supervised, CE::expire, expired},
    {expired, CE::verification_started, under_verification},
};

// -------------------------------------------------------------------------------------------------- finding
bool is_one_of(std::optional<PersonId> const& actor, std::vector<PersonId> const& people) {
    return actor && std::ranges::find(people, *actor) != people.end();
}

bool drafted_it(FindingFacts const& f) {
    return f.actor == f.drafted_by || is_one_of(f.actor, f.earlier_drafters);
}

/// Whoever judges what others found stands apart from how the case came about.
Outcome<void> took_no_part(FindingFacts const& f) {
    if (f.unknown) return unknown_person();
    if (f.actor && f.actor == f.filed_by)
        return fault(problem::same_person, "Who filed the commitment neither reviews nor decides.",
                     "承诺受理人不得审核或者决定。");
    if (is_one_of(f.actor, f.inspectors))
        return fault(problem::same_person, "Who checked the commitment neither reviews nor decides.",
                     "核查人员不得审核或者决定。");
    return {};
}

Outcome<void> is_second_person(FindingFacts const& f) {
    if (drafted_it(f))
        return fault(problem::same_person, "Who drafted a finding cannot review it.",
                     "起草人不得审核本人起草的认定意见。");
    return took_no_part(f);
}

/// Nobody decides on the word of those who gave them their office.
bool appointed_by_parts(FindingFacts const& f) {
    return std::ranges::any_of(f.appointed_by, [&](PersonId const& giver) {
        return giver == f.drafted_by || giver == f.reviewed_by || giver == f.filed_by ||
               is_one_of(giver, f.earlier_drafters) || is_one_of(giver, f.returned_by) ||
               is_one_of(giver, f.inspectors);
    });
}

Outcome<void> is_third_person(FindingFacts const& f) {
    if (drafted_it(f))
        return fault(problem::same_person, "Who drafted a finding cannot decide on it.",
                     "起草人不得作出决定。");
    if (f.actor == f.reviewed_by || is_one_of(f.actor, f.returned_by))
        return fault(problem::same_person, "Who reviewed a finding cannot decide on it.",
                     "审核人不得作出决定。");
    if (auto apart = took_no_part(f); !apart) return apart;
    if (is_one_of(f.actor, f.served_by))
        return fault(problem::same_person, "Who recorded the service of the prior notice does not decide.",
                     "登记事先告知书送达的人员不得作出决定。");
    if (appointed_by_parts(f))
        return fault(problem::same_person,
                     "Who took part in this case gave the decider account or role; another one decides.",
                     "决定人的账号或者角色由本案经办人员授予，应当由其他人作出决定。");
    return {};
}

/// Who decided does not attest that the party was reached.
Outcome<void> served_by_another(FindingFacts const& f) {
    if (f.actor && f.actor == f.decided_by)
        return fault(problem::same_person, "Who decided does not record the service of the decision.",
                     "决定人不得登记决定书的送达。");
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

/// The body may have extended its time, of which nobody tells us: only after the longest is silence certain.
Outcome<void> answer_is_overdue(FindingFacts const& f) {
    if (!f.reconsidered)
        return fault(problem::conflict,
                     "Only a reconsideration can go unanswered; a suit ends with its judgment.",
                     "仅行政复议可以登记为逾期未作决定；诉讼以裁判文书终结。");
    if (!f.answer_until)
        return fault(
            problem::calendar_unknown,
            "The time for the reconsideration has no last day yet: the official calendar is not known.",
            "尚无该年度官方工作日历，复议期限的届满日未定。");
    if (f.now < *f.answer_until)
        return fault(problem::too_early,
                     "The reconsideration may be answered until " + last_day_of(*f.answer_until) +
                         ", with acceptance and extension.",
                     "复议机关最迟可于 " + last_day_of(*f.answer_until) + " 作出决定（含受理与延长期限）。");
    return {};
}

/// A dismissal of before its document existed has none.
Outcome<void> dismissal_waits(FindingFacts const& f) {
    if (auto another = served_by_another(f); !another) return another;
    if (!f.dismissal_to_serve)
        return fault(problem::wrong_step, "No paper of this finding waits to be served.",
                     "该认定没有待送达的文书。");
    return {};
}

/// New facts that the party names are looked at before anything is held against them (Administrative Penalty
/// Law art. 45).
Outcome<void> facts_looked_at(FindingFacts const& f) {
    if (f.new_facts_open)
        return fault(problem::conflict,
                     "The party named new facts that nobody has looked at yet; record the re-check first.",
                     "当事人提出了新的事实，尚未复核，请先登记复核结果。");
    return {};
}

Outcome<void> may_decide(FindingFacts const& f) {
    if (auto after = third_person_after_defence(f); !after) return after;
    return facts_looked_at(f);
}

Outcome<void> new_facts_wait(FindingFacts const& f) {
    if (!f.new_facts_open)
        return fault(problem::wrong_step, "No new facts of the party wait to be looked at.",
                     "没有待复核的新事实。");
    if (f.actor && f.actor == f.drafted_by)
        return fault(problem::same_person,
                     "Who drafted a finding does not re-check what the party says to it.",
                     "起草人不得复核当事人提出的新事实。");
    return {};
}

Outcome<void> order_waits(FindingFacts const& f) {
    if (!f.order_to_serve)
        return fault(problem::wrong_step, "The order to rectify is composed before it is served.",
                     "责令限期改正通知书应当先制作、后送达，请先制作。");
    return {};
}

/// Until its last day is over the party may still set it right.
Outcome<void> after_order(FindingFacts const& f) {
    if (auto second = is_second_person(f); !second) return second;
    if (f.order_until && f.now < *f.order_until)
        return fault(problem::too_early,
                     "The party may set it right until " + last_day_of(*f.order_until) + ".",
                     "改正期限的最后一日为 " + last_day_of(*f.order_until) + "，期满前不得认定未改正。");
    return {};
}

Outcome<void> within_hearing_period(FindingFacts const& f) {
    if (!f.may_be_heard)
        return fault(problem::conflict, "For what is proposed here the place gives no right to a hearing.",
                     "对拟作出的处理，当地规则未规定听证。");
    if (f.hearing_until && f.now >= *f.hearing_until)
        return fault(problem::too_late,
                     "The last day to ask for a hearing was " + last_day_of(*f.hearing_until) + ".",
                     "申请听证的最后一日为 " + last_day_of(*f.hearing_until) + "，现已届满。");
    return {};
}

bool investigated(PersonId who, FindingFacts const& f) {
    return who == f.drafted_by || who == f.filed_by || is_one_of(who, f.earlier_drafters) ||
           is_one_of(who, f.inspectors);
}

/// Who investigated does not chair (Administrative Penalty Law art. 64).
Outcome<void> chair_is_apart(FindingFacts const& f) {
    if (f.chair && investigated(*f.chair, f))
        return fault(problem::same_person,
                     "Who filed, checked or drafted in this case does not chair its hearing.",
                     "本案受理、核查、起草人员不得主持听证。");
    return {};
}

Outcome<void> hearing_notice_waits(FindingFacts const& f) {
    if (!f.hearing_notice_to_serve)
        return fault(problem::wrong_step, "The notice of hearing is composed before it is served.",
                     "听证通知书应当先制作、后送达，请先制作。");
    return {};
}

Outcome<void> is_chair_on_the_day(FindingFacts const& f) {
    if (!f.chair || f.actor != f.chair)
        return fault(problem::forbidden, "The chair whom the notice names records the hearing.",
                     "听证笔录由听证通知书载明的主持人登记。");
    if (auto apart = chair_is_apart(f); !apart) return apart;
    if (!f.hearing_at || f.now < *f.hearing_at)
        return fault(problem::too_early, "The hearing has not begun at this time.", "尚未到听证时间。");
    return {};
}

using FS = FindingState;
using FE = FindingEvent;
constexpr Guard<FindingFacts> to_be_looked_at{"new facts named; not the drafter", new_facts_wait};
constexpr Guard<FindingFacts> in_hearing_period{"place gives it; within its period", within_hearing_period};
constexpr Guard<FindingFacts> chair_apart{"chair did not investigate", chair_is_apart};
constexpr Guard<FindingFacts> second_person{"second person", is_second_person};
constexpr Guard<FindingFacts> third_person{"third person", is_third_person};
constexpr Guard<FindingFacts> after_defence{"third person; defence period over; new facts re-checked",
                                            may_decide};
constexpr Guard<FindingFacts> in_time{"within the defence period", within_defence_period};
constexpr FindingLifecycle::Row finding_rows[] = {
    {FS::drafted, FE::confirm, FS::reviewed, second_person},
    {FS::drafted, FE::return_draft, FS::returned, second_person},
    {FS::drafted, FE::dismiss_draft, FS::dismissed, second_person},
    {FS::returned, FE::amend, FS::drafted},
    {FS::reviewed, FE::compose_order, FS::reviewed},
    {FS::reviewed, FE::serve_order, FS::rectifying, {"its paper is composed", order_waits}},
    {FS::rectifying, FE::find_corrected, FS::rectified, second_person},
    {FS::rectifying, FE::find_uncorrected, FS::uncorrected, {"second person; its period over", after_order}},
    {FS::reviewed, FE::compose_prior_notice, FS::reviewed},
    {FS::uncorrected, FE::compose_prior_notice, FS::uncorrected},
    {FS::reviewed, FE::serve_prior_notice, FS::prior_notice_served, {"its paper is composed", notice_waits}},
    {FS::uncorrected,
     FE::serve_prior_notice,
     FS::prior_notice_served,
     {"its paper is composed", notice_waits}},
    {FS::prior_notice_served, FE::defend, FS::defended, in_time},
    {FS::prior_notice_served, FE::waive, FS::waived, in_time},
    {FS::prior_notice_served, FE::decide, FS::decided, after_defence},
    {FS::defended, FE::decide, FS::decided, after_defence},
    {FS::waived, FE::decide, FS::decided, third_person},
    // The decision waits for the hearing and rests on its record (Administrative Penalty Law art. 65).
    {FS::heard, FE::decide, FS::decided, after_defence},
    {FS::prior_notice_served, FE::request_hearing, FS::hearing_requested, in_hearing_period},
    {FS::defended, FE::request_hearing, FS::hearing_requested, in_hearing_period},
    {FS::hearing_requested, FE::defend, FS::hearing_requested, in_time},
    {FS::hearing_requested, FE::withdraw_hearing, FS::defended},
    {FS::hearing_requested, FE::compose_hearing_notice, FS::hearing_requested, chair_apart},
    {FS::hearing_requested,
     FE::serve_hearing_notice,
     FS::hearing_called,
     {"its paper is composed", hearing_notice_waits}},
    {FS::hearing_called, FE::compose_hearing_notice, FS::hearing_requested, chair_apart},  // put off
    {FS::hearing_called, FE::withdraw_hearing, FS::defended},
    {FS::hearing_called, FE::hold_hearing, FS::heard, {"the chair, on the day", is_chair_on_the_day}},
    {FS::defended, FE::recheck, FS::defended, to_be_looked_at},
    {FS::hearing_requested, FE::recheck, FS::hearing_requested, to_be_looked_at},
    {FS::hearing_called, FE::recheck, FS::hearing_called, to_be_looked_at},
    {FS::heard, FE::recheck, FS::heard, to_be_looked_at},
    {FS::prior_notice_served, FE::dismiss, FS::dismissed, third_person},
    {FS::defended, FE::dismiss, FS::dismissed, third_person},
    {FS::waived, FE::dismiss, FS::dismissed, third_person},
    {FS::hearing_requested, FE::dismiss, FS::dismissed, third_person},
    {FS::hearing_called, FE::dismiss, FS::dismissed, third_person},
    {FS::heard, FE::dismiss, FS::dismissed, third_person},
    {FS::decided, FE::serve_decision, FS::served, {"not the decider", served_by_another}},
    {FS::dismissed,
     FE::serve_decision,
     FS::dismissed,
     {"not the decider; its paper is not served yet", dismissal_waits}},
    // The calendar of a year has been announced: a period that reaches into it gets its last day.
    {FS::prior_notice_served, FE::calendar_known, FS::prior_notice_served},
    {FS::defended, FE::calendar_known, FS::defended},
    {FS::hearing_requested, FE::calendar_known, FS::hearing_requested},
    {FS::hearing_called, FE::calendar_known, FS::hearing_called},
    {FS::heard, FE::calendar_known, FS::heard},
    {FS::served, FE::calendar_known, FS::served},
    {FS::served, FE::remedy_period_over, FS::effective, {"remedy period over", remedy_period_is_over}},
    {FS::served, FE::seek_remedy, FS::under_remedy},
    // What was upheld can be taken further: it takes effect when that period is over as well.
    {FS::under_remedy, FE::remedy_upheld, FS::served},
    {FS::under_remedy, FE::remedy_unanswered, FS::served, {"the answer is overdue", answer_is_overdue}},
    {FS::under_remedy, FE::remedy_overturned, FS::cancelled},
    // Whether another decision says so, and by whom, is asked by the revocation (revocation_lifecycle).
    {FS::effective, FE::revoke, FS::cancelled},
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
