#include "server/service/tasks/check_steps.hpp"

#include "server/service/tasks/presence.hpp"

namespace sponsio::service {
namespace {

using domain::TaskEvent;

constexpr Reason before_task{"before_task", "lies before the task was made", "早于核查任务生成日期"};

Fault not_an_inspector() {
    return fault(problem::forbidden, "Only an inspector of the task does this.",
                 "仅本任务的核查人员可以办理。");
}

}  // namespace

Conclusion Conclusion::read(domain::Fields& fields) {
    return {fields.choice<domain::CheckResult>("result"), fields.date("checked_on"),
            fields.text("summary", {.max = 4000})};
}

SignOff SignOff::read(domain::Fields& fields) {
    return {fields.optional_text("dissent", {.max = 4000})};
}

std::string summary_label(TaskId id) {
    return "verification_task.summary:" + id.text();
}

std::string note_label(NoteId id) {
    return "task_note.content:" + id.text();
}

Outcome<void> claim(TaskCase& check) {
    auto const empty = check.empty_seat();
    // Without an empty seat it is a claim as well: the lifecycle refuses it with the possible steps.
    TaskEvent const event = empty && *empty != 1 ? TaskEvent::join : TaskEvent::claim;
    if (auto moved = check.move(event, {.candidate = check.by}); !moved) return moved;
    if (auto here = is_here(check.db, *check.by, check.at); !here) return here;
    check.seat({*empty, *check.by, {}}, store::SeatedBy::claim);
    return {};
}

Outcome<void> hand_back(TaskCase& check) {
    store::InspectorRow const* mine = check.sitting(*check.by);
    bool const leads = !mine || mine->seat == 1;  // of somebody else the lifecycle says so
    if (auto moved = check.move(leads ? TaskEvent::hand_back : TaskEvent::stand_down, {.why = "handed_back"});
        !moved)
        return moved;
    check.unseat(store::InspectorRow(*mine), store::LeftBecause::handed_back);
    return {};
}

Outcome<void> start(TaskCase& check) {
    if (auto moved = check.move(TaskEvent::start); !moved) return moved;
    return check.begin_verification();
}

Outcome<void> check_grounds(TaskCase const& check, domain::Rules const& rules, domain::Official const& who,
                            domain::CheckResult result) {
    if (result != domain::CheckResult::consistent || check.task.inspectors_needed != 1) return {};
    auto const sitting = check.sitting();
    bool const chosen = sitting.size() == 1 && sitting.front().how == store::SeatedBy::claim;
    if (!chosen) return {};
    auto const needed = rules.flag(domain::rule::consistent_evidence, who.region_code, china_date(check.at));
    if (!needed) return needed.error();
    if (!*needed || store::evidence_count(check.db, check.task.id) != 0) return {};
    return fault(
        problem::conflict,
        "A check that you took yourself and do alone needs a piece of evidence to end as consistent (rule "
        "verify.consistent.evidence).",
        "自行领取并由一人办理的核查，作出一致结论须附证据（规则 verify.consistent.evidence）。");
}

Outcome<void> conclude(TaskCase& check, Vault const& vault, Conclusion const& conclusion) {
    store::TaskRow& task = check.task;
    auto const moved = check.move(TaskEvent::conclude, {.result = conclusion.result,
                                                        .why = std::string(domain::word(conclusion.result))});
    if (!moved) return moved;
    if (conclusion.checked_on > china_date(check.at)) return bad_field("/checked_on", reason::in_future);
    if (conclusion.checked_on < china_date(task.created_at)) return bad_field("/checked_on", before_task);
    task.result = conclusion.result;
    task.checked_on = conclusion.checked_on;
    task.summary = vault.seal(conclusion.summary, summary_label(task.id));
    task.concluded_at = check.at;
    task.concluded_by = check.by;
    return check.move_commitment(domain::commitment_event_of(conclusion.result));
}

Outcome<void> sign_off(TaskCase& check, Vault const& vault, SignOff const& said) {
    auto const event = said.dissent ? TaskEvent::dissent : TaskEvent::sign_off;
    if (auto moved = check.move(event); !moved) return moved;
    store::InspectorRow const* mine = check.sitting(*check.by);
    if (!mine) return not_an_inspector();
    if (!said.dissent) {
        check.sign(*mine);
        return {};
    }
    keep_note(check, vault, store::NoteKind::dissent, *said.dissent);
    return check.set_aside(store::SetAside::dissent);
}

Outcome<void> close(TaskCase& check) {
    if (auto moved = check.move(TaskEvent::close); !moved) return moved;
    check.task.closed_at = check.at;
    return {};
}

void keep_note(TaskCase const& check, Vault const& vault, store::NoteKind kind, std::string const& text) {
    auto const id = new_id<NoteId>(check.at);
    store::insert(check.db, store::NoteRow{.id = id,
                                           .task = check.task.id,
                                           .kind = kind,
                                           .account = *check.by,
                                           .at = check.at,
                                           .text = vault.seal(text, note_label(id))});
}

}  // namespace sponsio::service
