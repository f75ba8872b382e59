#include "server/domain/task_lifecycle.hpp"

#include "server/domain/second_person.hpp"

namespace sponsio::domain {
namespace {

// -------------------------------------------------------------------------------------------------- seats
Outcome<void> may_sit(TaskFacts const& f) {
    if (f.candidate.value_or(f.actor) == f.filed_by)
        return fault(problem::same_person, "Who filed a commitment cannot verify it.",
                     "承诺受理人不得核查本人受理的承诺。");
    if (f.seated)
        return fault(problem::same_person, "One person cannot be two inspectors of a task.",
                     "同一人不得在一项核查任务中担任两名核查人员。");
    if (f.recused)
        return fault(problem::forbidden, "This inspector was recused from the task.",
                     "该核查人员已从本任务回避。");
    if (f.conflicted)
        return fault(problem::forbidden, "This inspector declared a conflict with the committer.",
                     "该核查人员已申报与承诺人存在利害关系。");
    return {};
}

Outcome<void> may_claim(TaskFacts const& f) {
    if (f.drawn)
        return fault(problem::forbidden, "The inspectors of this task are drawn by chance.",
                     "该任务的核查人员由随机抽取产生。");
    return may_sit(f);
}

Outcome<void> is_assignee(TaskFacts const& f) {
    if (f.assignee != f.actor)
        return fault(problem::forbidden, "Somebody else holds this task.", "该核查任务由他人承办。");
    return {};
}

Outcome<void> not_by_chance(TaskFacts const& f) {
    if (f.drawn)
        return fault(problem::forbidden,
                     "A drawn inspector leaves by recusal or reassignment, not by handing back.",
                     "随机抽取的核查人员只能经回避或重新指派退出，不得自行退回。");
    return {};
}

Outcome<void> may_hand_back(TaskFacts const& f) {
    if (auto mine = is_assignee(f); !mine) return mine;
    return not_by_chance(f);
}

Outcome<void> every_seat_filled(TaskFacts const& f) {
    if (auto mine = is_assignee(f); !mine) return mine;
    if (f.empty_seats != 0)
        return fault(problem::conflict, "The check begins when every seat has its inspector.",
                     "核查人员未配齐，不得开始核查。");
    return {};
}

// --------------------------------------------------------------------------------------------- conclusions
/// A conclusion against the committer needs evidence.
Outcome<void> has_evidence(TaskFacts const& f) {
    if (auto mine = is_assignee(f); !mine) return mine;
    if (f.unknown) return unknown_person();
    if (f.result == CheckResult::inconsistent && f.evidence_count == 0)
        return fault(problem::conflict, "An inconsistent result needs at least one piece of evidence.",
                     "核查结论为不一致的，应当至少附一份证据。");
    return {};
}

Outcome<void> may_sign(TaskFacts const& f) {
    if (!f.seated)
        return fault(problem::forbidden, "Only an inspector of the task signs.",
                     "仅本任务的核查人员可以签署。");
    if (f.unknown) return unknown_person();
    if (f.assignee == f.actor || f.concluded_by == f.actor)
        return fault(problem::same_person, "Who concluded cannot sign off as the other inspector.",
                     "作出结论的人不得以另一名核查人员身份签署。");
    if (f.signed_off)
        return fault(problem::conflict, "This inspector has signed off already.", "该核查人员已签署。");
    return {};
}

Outcome<void> all_signed(TaskFacts const& f) {
    if (auto mine = is_assignee(f); !mine) return mine;
    if (f.unsigned_seats != 0)
        return fault(problem::sign_off_missing,
                     std::to_string(f.unsigned_seats) + " inspectors have not signed off.",
                     "尚有 " + std::to_string(f.unsigned_seats) + " 名核查人员未签署。");
    return {};
}

/// Data alone may end a doubt and never raise one; drawn inspectors look in any case.
Outcome<void> is_consistent(TaskFacts const& f) {
    if (f.drawn)
        return fault(problem::conflict, "A drawn check is closed by its inspectors.",
                     "随机抽取的核查任务应由抽取的核查人员办结。");
    if (f.result != CheckResult::consistent)
        return fault(problem::conflict, "Only a match may close a check without a person.",
                     "仅比对一致的，方可自动办结。");
    return {};
}

using S = TaskState;
using E = TaskEvent;
constexpr Guard<TaskFacts> claimable{"not drawn; did not file it; no conflict", may_claim};
constexpr Guard<TaskFacts> may_take{"did not file it; no conflict", may_sit};
constexpr Guard<TaskFacts> by_choice{"not drawn", not_by_chance};
constexpr Guard<TaskFacts> signs{"another inspector of the task", may_sign};
constexpr Guard<TaskFacts> a_match{"consistent; not drawn", is_consistent};
constexpr TaskLifecycle::Row task_rows[] = {
    {S::created, E::claim, S::assigned, claimable},
    {S::assigned, E::join, S::assigned, claimable},
    {S::in_progress, E::join, S::in_progress, claimable},
    {S::waiting_assist, E::join, S::waiting_assist, claimable},
    {S::concluded, E::join, S::concluded, claimable},
    {S::created, E::assign, S::assigned, may_take},
    {S::created, E::replace, S::created, may_take},
    {S::assigned, E::replace, S::assigned, may_take},
    {S::in_progress, E::replace, S::in_progress, may_take},
    {S::waiting_assist, E::replace, S::waiting_assist, may_take},
    {S::concluded, E::replace, S::concluded, may_take},
    {S::assigned, E::hand_back, S::created, {"is the lead; not drawn", may_hand_back}},
    {S::created, E::stand_down, S::created, by_choice},
    {S::assigned, E::stand_down, S::assigned, by_choice},
    {S::created, E::leave, S::created},
    {S::assigned, E::leave, S::assigned},
    {S::in_progress, E::leave, S::in_progress},
    {S::waiting_assist, E::leave, S::waiting_assist},
    {S::concluded, E::leave, S::concluded},
    {S::assigned, E::vacate, S::created},
    {S::in_progress, E::vacate, S::created},
    {S::waiting_assist, E::vacate, S::created},
    {S::concluded, E::vacate, S::created},
    {S::assigned, E::start, S::in_progress, {"is the lead; every seat filled", every_seat_filled}},
    // Assistance may be requested before the task has begun; only a running task waits for it.
    {S::created, E::assist_sent, S::created},
    {S::assigned, E::assist_sent, S::assigned},
    {S::in_progress, E::assist_sent, S::waiting_assist},
    {S::waiting_assist, E::assist_sent, S::waiting_assist},
    {S::created, E::assist_replied, S::created},
    {S::assigned, E::assist_replied, S::assigned},
    {S::in_progress, E::assist_replied, S::in_progress},
    {S::waiting_assist, E::assist_replied, S::in_progress},
    {S::created, E::assist_overdue, S::created},
    {S::assigned, E::assist_overdue, S::assigned},
    {S::in_progress, E::assist_overdue, S::in_progress},
    {S::waiting_assist, E::assist_overdue, S::in_progress},
    {S::in_progress, E::conclude, S::concluded, {"is the lead; evidence if inconsistent", has_evidence}},
    {S::concluded, E::sign_off, S::concluded, signs},
    {S::concluded, E::dissent, S::in_progress, signs},
    {S::concluded, E::set_aside, S::in_progress},
    {S::concluded, E::take_back, S::in_progress},
    {S::concluded, E::close, S::closed, {"is the lead; all signed off", all_signed}},
    {S::created, E::auto_close, S::closed, a_match},
    {S::concluded, E::reopen, S::in_progress},
    {S::closed, E::reopen, S::in_progress},
    // The commitment was withdrawn before the task began.
    {S::created, E::cancel, S::cancelled},
    {S::assigned, E::cancel, S::cancelled},
    {S::created, E::warned, S::created},
    {S::assigned, E::warned, S::assigned},
    {S::in_progress, E::warned, S::in_progress},
    {S::waiting_assist, E::warned, S::waiting_assist},
    {S::concluded, E::warned, S::concluded},
    {S::created, E::escalated, S::created},
    {S::assigned, E::escalated, S::assigned},
    {S::in_progress, E::escalated, S::in_progress},
    {S::waiting_assist, E::escalated, S::waiting_assist},
    {S::concluded, E::escalated, S::concluded},
    {S::created, E::too_few_inspectors, S::created},
    {S::assigned, E::too_few_inspectors, S::assigned},
    {S::in_progress, E::too_few_inspectors, S::in_progress},
    {S::waiting_assist, E::too_few_inspectors, S::waiting_assist},
    {S::concluded, E::too_few_inspectors, S::concluded},
    {S::created, E::calendar_known, S::created},
    {S::assigned, E::calendar_known, S::assigned},
    {S::in_progress, E::calendar_known, S::in_progress},
    {S::waiting_assist, E::calendar_known, S::waiting_assist},
    {S::concluded, E::calendar_known, S::concluded},
};

// ------------------------------------------------------------------------------------------------- recusal
/// Administrative Penalty Law art. 43: neither the inspector nor the requester decides.
Outcome<void> decides_for_others(RecusalFacts const& f) {
    auto const own = second_person(f.actor, f.inspector, "Nobody decides on their own recusal.",
                                   "本人不得决定自己的回避。");
    if (!own) return own;
    return second_person(f.actor, f.requested_by, "Who asked for a recusal does not decide on it.",
                         "回避申请人不得决定该回避申请。");
}

constexpr Guard<RecusalFacts> another{"neither recused nor requester", decides_for_others};
constexpr RecusalLifecycle::Row recusal_rows[] = {
    {RecusalState::requested, RecusalEvent::grant, RecusalState::granted, another},
    {RecusalState::requested, RecusalEvent::refuse, RecusalState::refused, another},
};

// ----------------------------------------------------------------------------------------------- reopening
Outcome<void> is_another(ReopeningFacts const& f) {
    return second_person(f.actor, f.requested_by, "Who asked for a reopening does not decide on it.",
                         "重启核查的申请人不得决定该申请。");
}

Outcome<void> new_and_free(ReopeningFacts const& f) {
    if (auto other = is_another(f); !other) return other;
    if (f.live_finding)
        return fault(problem::conflict, "A finding rests on this check.", "该核查已有在办或生效的认定。");
    if (f.new_evidence == 0)
        return fault(problem::conflict, "A check is reopened only for evidence that was not there before.",
                     "没有新证据的，不得重启核查。");
    return {};
}

constexpr ReopeningLifecycle::Row reopening_rows[] = {
    {ReopeningState::requested,
     ReopeningEvent::approve,
     ReopeningState::approved,
     {"another person; new evidence; no live finding", new_and_free}},
    {ReopeningState::requested,
     ReopeningEvent::refuse,
     ReopeningState::refused,
     {"another person", is_another}},
};

// ---------------------------------------------------------------------------------------------- retraction
/// Neither who asks nor who concluded: a slip is taken back in the sight of somebody else.
Outcome<void> takes_back_for_others(RetractionFacts const& f) {
    auto const asked =
        second_person(f.actor, f.requested_by, "Who asked to take a conclusion back does not decide on it.",
                      "申请撤回核查结论的人不得决定该申请。");
    if (!asked || !f.concluded_by) return asked;
    return second_person(f.actor, *f.concluded_by, "Who concluded does not decide on taking it back.",
                         "作出核查结论的人不得决定撤回该结论。");
}

Outcome<void> nothing_rests_on_it(RetractionFacts const& f) {
    if (auto other = takes_back_for_others(f); !other) return other;
    if (f.built_on)
        return fault(
            problem::conflict,
            "The commitment has gone on since this conclusion, or its rectification waits; correct it by "
            "reopening the check.",
            "承诺在该结论之后已有进展（或者整改正在等待确认），应当经重启核查更正。");
    return {};
}

constexpr RetractionLifecycle::Row retraction_rows[] = {
    {RetractionState::requested,
     RetractionEvent::approve,
     RetractionState::approved,
     {"neither requester nor who concluded; nothing rests on it", nothing_rests_on_it}},
    {RetractionState::requested,
     RetractionEvent::refuse,
     RetractionState::refused,
     {"neither requester nor who concluded", takes_back_for_others}},
};

}  // namespace

TaskLifecycle const task_lifecycle{"verification task", TaskState::created, task_rows};
RecusalLifecycle const recusal_lifecycle{"recusal", RecusalState::requested, recusal_rows};
ReopeningLifecycle const reopening_lifecycle{"reopening", ReopeningState::requested, reopening_rows};
RetractionLifecycle const retraction_lifecycle{"retraction", RetractionState::requested, retraction_rows};

}  // namespace sponsio::domain
