#include "server/service/tasks/inspection.hpp"

#include "crypto/random.hpp"
#include "server/domain/case_code.hpp"
#include "server/domain/commitment.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/separation.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::InspectionEvent;
using domain::InspectionState;
using domain::Json;
using domain::JsonObject;

constexpr Reason before_approval{"before_approval", "lies before the inspection was approved",
                                 "早于检查获批日期"};

Fault needs_none() {
    return fault(problem::conflict,
                 "Only an on-site check of an organisation or sole trader is an inspection that needs to be "
                 "approved.",
                 "仅对单位或者个体工商户的现场核查须作为涉企行政检查报批。");
}

Fault must_be_approved() {
    return fault(problem::conflict,
                 "An on-site check of an enterprise ends so only after a visit that another person approved "
                 "before (rule check.enterprise.approval; 国办发〔2024〕54号): ask for it with "
                 "requestInspection, or conclude cannot_verify.",
                 "对企业的现场核查须事先经他人批准，方可据检查情况作出该结论（规则 "
                 "check.enterprise.approval；国办发〔2024〕54号）：请先申请涉企行政检查，或者作出无法核实的结"
                 "论。");
}

/// Whether the check of this task is an inspection that the place wants approved.
Outcome<bool> must_be_inspection(TaskCase const& check, domain::Rules const& rules, std::string_view region) {
    if (check.task.mode != domain::word(domain::VerifyMode::on_site)) return false;
    auto const commitment = store::commitment_by_code(check.db, check.task.commitment_code);
    if (!commitment || commitment->committer_kind == domain::word(domain::CommitterKind::natural_person))
        return false;
    return rules.flag(domain::rule::enterprise_approval, region, china_date(check.at));
}

Move move_of(TaskCase const& check, InspectionId id, std::optional<std::string> why = {}) {
    return {.subject = id.text(),
            .actor = check.by,
            .now = check.at,
            .why = std::move(why),
            .shard = check.task.shard};
}

Outcome<void> move(TaskCase& check, store::InspectionRow& row, InspectionEvent event,
                   domain::InspectionFacts const& facts, std::optional<std::string> why = {}) {
    auto const to = step(check.db, domain::inspection_lifecycle, row.state, event, facts,
                         move_of(check, row.id, std::move(why)));
    if (!to) return to.error();
    row.state = *to;
    return {};
}

/// Who acts and who asked, as persons.
domain::InspectionFacts facts_of(TaskCase const& check, store::InspectionRow const& row) {
    Persons const persons(check.db, {*check.by, row.asked_by});
    return {.actor = persons.of(*check.by), .requested_by = persons.of(row.asked_by)};
}

Outcome<void> call_off(TaskCase& check, store::InspectionRow& row, std::string why) {
    auto moved = move(check, row, InspectionEvent::call_off, facts_of(check, row), std::move(why));
    if (moved) store::update(check.db, row);
    return moved;
}

int year_of(Date day) {
    return static_cast<int>(day.year());
}

}  // namespace

RequestLabels labels_of(InspectionId id) {
    return {"inspection.why:" + id.text(), "inspection.decision:" + id.text()};
}

Outcome<Json> request_inspection(TaskCase& check, Ground const& ground, domain::Official const& who,
                                 domain::InspectionRequest const& request) {
    auto const needed = must_be_inspection(check, ground.rules, who.region_code);
    if (!needed) return needed.error();
    if (!*needed) return needs_none();
    if (check.task.assignee != check.by || check.task.state != domain::TaskState::in_progress)
        return fault(problem::conflict, "The lead of a check asks for an inspection while it is in progress.",
                     "涉企行政检查由主办核查人员在核查进行中申请。");
    if (request.planned_on < china_date(check.at)) return bad_field("/planned_on", reason::in_past);
    if (auto open = store::lock_open_inspection(check.db, check.task.id);
        open && open->state == InspectionState::approved)
        if (auto off = call_off(check, *open, "another_day"); !off) return off.error();
    auto const id = new_id<InspectionId>(check.at);
    store::InspectionRow const row{
        request_of(id, {ground.vault, request.why, labels_of(id)}, *check.by, check.at), check.task.id,
        check.task.commitment_code, check.task.organisation, request.planned_on};
    auto const asked =
        ask(check.db, domain::inspection_lifecycle, row,
            fault(problem::conflict, "A request for an inspection of this check waits for its decision.",
                  "本任务的涉企行政检查申请正在等待决定。"),
            move_of(check, id));
    if (!asked) return asked.error();
    Json asked_for = JsonObject{{"inspection_id", id.text()},
                                {"task_id", check.task.id.text()},
                                {"state", domain::word(domain::inspection_lifecycle.initial)},
                                {"planned_on", to_iso(request.planned_on)},
                                {"requested_by", check.by->text()},
                                {"requested_at", to_rfc3339(check.at)}};
    name_people(check.db, asked_for);
    return asked_for;
}

Outcome<void> decide_inspection(TaskCase& check, Ground const& ground, domain::Official const& who,
                                domain::InspectionDecision const& decision) {
    auto row = store::lock_open_inspection(check.db, check.task.id);
    if (!row || row->state != InspectionState::requested)
        return fault(problem::conflict, "No request for an inspection of this check waits for a decision.",
                     "本任务没有等待决定的涉企行政检查申请。");
    auto const capped = ground.rules.flag(domain::rule::enterprise_cap, who.region_code, row->planned_on);
    if (!capped) return capped.error();
    domain::InspectionFacts facts = facts_of(check, *row);
    facts.capped = *capped;
    int const year = year_of(row->planned_on);
    if (auto const cap = store::inspection_cap(check.db, row->organisation, year)) facts.cap = cap->most;
    auto const commitment = store::commitment_by_code(check.db, row->commitment_code);
    if (!commitment) return fault(problem::gone);
    facts.made = store::count_inspections(check.db, row->organisation, year, commitment->committer_index);
    auto const event = decision.approved ? InspectionEvent::approve : InspectionEvent::refuse;
    if (auto moved = move(check, *row, event, facts); !moved) return moved;
    row->decision = decision_of({ground.vault, decision.why, labels_of(row->id)}, *check.by, check.at);
    if (decision.approved) row->check_code = domain::case_code_of(crypto::system_entropy().array<10>());
    store::decide(check.db, *row);
    return {};
}

Outcome<void> settle_inspection(TaskCase& check, domain::Rules const& rules, domain::Official const& who,
                                Conclusion const& conclusion) {
    auto const needed = must_be_inspection(check, rules, who.region_code);
    if (!needed) return needed.error();
    if (!*needed) return {};
    auto open = store::lock_open_inspection(check.db, check.task.id);
    if (conclusion.result == domain::CheckResult::cannot_verify)
        return open ? call_off(check, *open, "no_visit") : Outcome<void>{};
    if (open && open->state == InspectionState::approved) {
        if (conclusion.checked_on < china_date(open->decision->at))
            return bad_field("/checked_on", before_approval);
        if (auto moved = move(check, *open, InspectionEvent::carry_out, facts_of(check, *open)); !moved)
            return moved;
        open->carried_out_at = check.at;
        store::update(check.db, *open);
        return {};
    }
    // A conclusion that was set aside may be drawn anew from the same visit, not from one before a reopening.
    auto const all = store::inspections_of(check.db, check.task.id);
    bool const visited = std::ranges::any_of(all, [&](store::InspectionRow const& one) {
        return one.carried_out_at &&
               (!check.task.reopened_at || *one.carried_out_at > *check.task.reopened_at);
    });
    if (!visited) return must_be_approved();
    return {};
}

}  // namespace sponsio::service
