#include "server/service/tasks/oversight_steps.hpp"

#include "server/base/form.hpp"
#include "server/service/tasks/check_steps.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/organisations.hpp"
#include "server/store/rectifications.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::TaskEvent;
using domain::TaskState;
using store::InspectorRow;
using store::LeftBecause;

constexpr domain::Length long_text{.max = 4000};

constexpr Reason no_verifier{"wrong_role", "is an account of this unit without the role verifier",
                             "为本单位账号，但没有核查人员（verifier）角色"};
constexpr Reason not_seated{"no_such_thing", "is no inspector of this task; the task lists them",
                            "不是本任务的核查人员，请见任务中的人员列表"};

std::optional<AccountId> optional_account(domain::Fields& fields, std::string_view name) {
    auto const text = fields.optional_text(name, {.max = 64});
    if (!text) return std::nullopt;
    auto const id = AccountId::parse(*text);
    if (!id) fields.refuse(name, reason::bad_format, form::uuid);
    return id;
}

Move move_of(TaskCase const& check, std::string why) {
    return {.subject = check.task.id.text(),
            .actor = check.by,
            .now = check.at,
            .why = std::move(why),
            .shard = check.task.shard};
}

/// The fault for a step that the task's state does not allow.
Fault not_now(store::TaskRow const& task, std::string_view step) {
    return domain::wrong_step(domain::task_lifecycle.name, domain::word(task.state), step,
                              domain::task_lifecycle.possible_from(task.state));
}

/// The inspector whose seat a supervisor gives away; nothing for an empty seat.
Outcome<std::optional<InspectorRow>> leaving_of(TaskCase const& check, std::optional<AccountId> from) {
    using Leaving = std::optional<InspectorRow>;
    if (from) {
        InspectorRow const* seat = check.sitting(*from);
        if (!seat) return bad_field("/from", not_seated);
        return Leaving{*seat};
    }
    if (check.empty_seat()) return Leaving{};
    auto const sitting = check.sitting();
    if (sitting.size() != 1) return bad_field("/from", reason::required, form::uuid);
    return Leaving{sitting.front()};
}

/// Whether the commitment went on since the conclusion, or a rectification of it waits to be confirmed.
bool something_rests_on(TaskCase const& check) {
    auto const commitment = store::lock_commitment(check.db, check.task.commitment_code);
    auto const event = domain::commitment_event_of(*check.task.result);
    auto const concluded = domain::commitment_lifecycle.next(domain::CommitmentState::under_verification,
                                                             event, domain::NoFacts{});
    if (!commitment || !concluded || commitment->state != *concluded) return true;
    auto const rectification = store::newest_rectification(check.db, check.task.commitment_code);
    return rectification && !rectification->decision;
}

/// Empties seats of a reopened task whose inspectors were recused or closed their accounts meanwhile.
Outcome<void> vacate_stale_seats(TaskCase& check, Redraw const& redraw) {
    for (InspectorRow const& one : check.sitting()) {
        bool const recused = store::was_recused(check.db, check.task.id, one.account);
        bool const gone = store::account_by_id(check.db, one.account)->closed_at.has_value();
        if (!recused && !gone) continue;
        auto const why = recused ? LeftBecause::recused : LeftBecause::account_closed;
        if (auto done = replace_inspector(check, one, why, redraw); !done) return done;
    }
    return {};
}

}  // namespace

RecusalRequest RecusalRequest::read(domain::Fields& fields) {
    return {optional_account(fields, "inspector"), fields.text("why", long_text)};
}

RecusalDecision RecusalDecision::read(domain::Fields& fields) {
    return {fields.boolean("granted"), fields.text("why", long_text)};
}

ReopeningRequest ReopeningRequest::read(domain::Fields& fields) {
    return {fields.text("why", long_text)};
}

ReopeningDecision ReopeningDecision::read(domain::Fields& fields) {
    return {fields.boolean("approved"), fields.text("why", long_text)};
}

RetractionRequest RetractionRequest::read(domain::Fields& fields) {
    return {fields.text("why", long_text)};
}

RetractionDecision RetractionDecision::read(domain::Fields& fields) {
    return {fields.boolean("approved"), fields.text("why", long_text)};
}

Reassignment Reassignment::read(domain::Fields& fields) {
    return {optional_account(fields, "from"), fields.id<AccountId>("to"), fields.text("why", long_text)};
}

RequestLabels labels_of(RecusalId id) {
    return {"task_recusal.why:" + id.text(), "task_recusal.decision:" + id.text()};
}

RequestLabels labels_of(ReopeningId id) {
    return {"task_reopening.why:" + id.text(), "task_reopening.decision:" + id.text()};
}

RequestLabels labels_of(RetractionId id) {
    return {"task_retraction.why:" + id.text(), "task_retraction.decision:" + id.text()};
}

// ------------------------------------------------------------------------------------------------ recusals
Outcome<Json> request_recusal(TaskCase& check, Vault const& vault, RecusalRequest const& request) {
    if (check.task.closed_at) return not_now(check.task, "recusal");
    AccountId const inspector = request.inspector.value_or(*check.by);
    if (!check.sitting(inspector)) {
        if (request.inspector) return bad_field("/inspector", not_seated);
        return fault(problem::forbidden, "Only an inspector of the task recuses themselves.",
                     "仅本任务的核查人员可以自行申请回避。");
    }
    auto const id = new_id<RecusalId>(check.at);
    store::RecusalRow const row{request_of(id, {vault, request.why, labels_of(id)}, *check.by, check.at),
                                check.task.id, inspector};
    auto const asked = ask(check.db, domain::recusal_lifecycle, row,
                           fault(problem::conflict, "A request about this inspector waits for a decision.",
                                 "针对该核查人员的回避申请正在等待决定。"),
                           move_of(check, "recusal " + id.text()));
    if (!asked) return asked.error();
    Json asked_for = JsonObject{{"recusal_id", id.text()},
                                {"task_id", check.task.id.text()},
                                {"state", domain::word(domain::recusal_lifecycle.initial)},
                                {"inspector", inspector.text()},
                                {"requested_by", check.by->text()},
                                {"requested_at", to_rfc3339(check.at)}};
    name_people(check.db, asked_for);
    return asked_for;
}

Outcome<void> decide_recusal(TaskCase& check, OversightParts const& parts, RecusalId id,
                             RecusalDecision const& decision) {
    auto recusal = store::lock_recusal(check.db, check.task.id, id);
    if (!recusal) return fault(problem::not_found);
    auto const event = decision.granted ? domain::RecusalEvent::grant : domain::RecusalEvent::refuse;
    Persons const persons(check.db, {*check.by, recusal->inspector, recusal->asked_by});
    auto const decided =
        decide(check.db, domain::recusal_lifecycle, *recusal, event,
               {persons.of(*check.by), persons.of(recusal->inspector), persons.of(recusal->asked_by)},
               {parts.vault, decision.why, labels_of(id)}, move_of(check, "recusal " + id.text()));
    if (!decided) return decided;
    InspectorRow const* seat = check.sitting(recusal->inspector);
    // A closed task is not changed; the inspector does not return if it is reopened.
    if (!decision.granted || !seat || check.task.closed_at) return {};
    return replace_inspector(check, *seat, LeftBecause::recused, parts.redraw);
}

// ---------------------------------------------------------------------------------------------- reopenings
Outcome<Json> request_reopening(TaskCase& check, Vault const& vault, ReopeningRequest const& request) {
    bool const ended = check.task.state == TaskState::concluded || check.task.state == TaskState::closed;
    if (!ended) return not_now(check.task, "reopening");
    auto const id = new_id<ReopeningId>(check.at);
    store::ReopeningRow const row{request_of(id, {vault, request.why, labels_of(id)}, *check.by, check.at),
                                  check.task.id,
                                  static_cast<std::int32_t>(store::evidence_ever(check.db, check.task.id))};
    auto const asked =
        ask(check.db, domain::reopening_lifecycle, row,
            fault(problem::conflict, "A request to open this check again waits for a decision.",
                  "该核查的重启申请正在等待决定。"),
            move_of(check, "reopening " + id.text()));
    if (!asked) return asked.error();
    Json asked_for = JsonObject{{"reopening_id", id.text()},
                                {"task_id", check.task.id.text()},
                                {"state", domain::word(domain::reopening_lifecycle.initial)},
                                {"requested_by", check.by->text()},
                                {"requested_at", to_rfc3339(check.at)}};
    name_people(check.db, asked_for);
    return asked_for;
}

Outcome<void> decide_reopening(TaskCase& check, OversightParts const& parts,
                               ReopeningDecision const& decision) {
    auto reopening = store::lock_waiting_reopening(check.db, check.task.id);
    if (!reopening)
        return fault(problem::conflict, "No request to open this check again waits for a decision.",
                     "该核查没有等待决定的重启申请。");
    auto const event = decision.approved ? domain::ReopeningEvent::approve : domain::ReopeningEvent::refuse;
    std::size_t const fresh = store::evidence_added_after(
        check.db, check.task.id, static_cast<std::size_t>(reopening->evidence_before));
    Persons const persons(check.db, {*check.by, reopening->asked_by});
    auto const decided = decide(check.db, domain::reopening_lifecycle, *reopening, event,
                                {.actor = persons.of(*check.by),
                                 .requested_by = persons.of(reopening->asked_by),
                                 .new_evidence = fresh,
                                 .live_finding = store::has_live_finding(check.db, check.task.id)},
                                {parts.vault, decision.why, labels_of(reopening->id)},
                                move_of(check, "reopening " + reopening->id.text()));
    if (!decided) return decided;
    if (!decision.approved) return {};

    if (auto moved = check.move(TaskEvent::reopen); !moved) return moved;
    if (auto anew = check.set_aside(store::SetAside::reopened); !anew) return anew;
    check.task.closed_at.reset();
    check.task.reopened += 1;
    check.task.reopened_at = check.at;
    store::BucketTasks const bucket{check.task.organisation, check.task.due_at, check.task.id};
    if (!check.task.waits_for) arm_alarms(check.db, {parts.rules, parts.calendar}, {&bucket, 1}, check.at);
    if (auto vacated = vacate_stale_seats(check, parts.redraw); !vacated) return vacated;
    // A task that a data match closed never had a lead.
    bool const unled = !check.task.assignee && check.task.state == TaskState::in_progress;
    return unled ? check.move(TaskEvent::vacate) : Outcome<void>{};
}

// --------------------------------------------------------------------------------------------- retractions
Outcome<Json> request_retraction(TaskCase& check, Vault const& vault, RetractionRequest const& request) {
    if (check.task.state != TaskState::concluded || !check.task.concluded_at)
        return not_now(check.task, "retraction");
    auto const id = new_id<RetractionId>(check.at);
    store::RetractionRow const row{request_of(id, {vault, request.why, labels_of(id)}, *check.by, check.at),
                                   check.task.id, *check.task.concluded_at};
    auto const asked =
        ask(check.db, domain::retraction_lifecycle, row,
            fault(problem::conflict, "A request to take this conclusion back waits for a decision.",
                  "该结论的撤回申请正在等待决定。"),
            move_of(check, "retraction " + id.text()));
    if (!asked) return asked.error();
    Json asked_for = JsonObject{{"retraction_id", id.text()},
                                {"task_id", check.task.id.text()},
                                {"state", domain::word(domain::retraction_lifecycle.initial)},
                                {"requested_by", check.by->text()},
                                {"requested_at", to_rfc3339(check.at)}};
    name_people(check.db, asked_for);
    return asked_for;
}

Outcome<void> decide_retraction(TaskCase& check, Vault const& vault, RetractionDecision const& decision) {
    // What was concluded anew, closed or set aside meanwhile is not the conclusion that was asked about.
    if (check.task.state != TaskState::concluded || !check.task.concluded_at)
        return not_now(check.task, "retraction");
    auto retraction = store::lock_waiting_retraction(check.db, check.task.id, *check.task.concluded_at);
    if (!retraction)
        return fault(problem::conflict, "No request to take this conclusion back waits for a decision.",
                     "该结论没有等待决定的撤回申请。");
    auto const event = decision.approved ? domain::RetractionEvent::approve : domain::RetractionEvent::refuse;
    std::vector<AccountId> accounts{*check.by, retraction->asked_by};
    if (check.task.concluded_by) accounts.push_back(*check.task.concluded_by);
    Persons const persons(check.db, accounts);
    auto const decided = decide(check.db, domain::retraction_lifecycle, *retraction, event,
                                {.actor = persons.of(*check.by),
                                 .requested_by = persons.of(retraction->asked_by),
                                 .concluded_by = persons.of(check.task.concluded_by),
                                 .built_on = something_rests_on(check)},
                                {vault, decision.why, labels_of(retraction->id)},
                                move_of(check, "retraction " + retraction->id.text()));
    if (!decided) return decided;
    if (!decision.approved) return {};
    if (auto moved = check.move(TaskEvent::take_back); !moved) return moved;
    return check.set_aside(store::SetAside::taken_back);
}

// ------------------------------------------------------------------------------------------------ reassign
Outcome<void> is_verifier_of(db::PgSession& db, AccountId account, OrganisationId unit) {
    auto const row = store::account_by_id(db, account);
    if (!row || row->organisation != unit || row->closed_at)
        return bad_field("/to", reason::no_such_thing, form::known_thing);
    bool const fit = std::ranges::find(row->roles, domain::word(domain::Role::verifier)) != row->roles.end();
    if (!fit) return bad_field("/to", no_verifier);
    return {};
}

Outcome<void> reassign(TaskCase& check, OversightParts const& parts, Reassignment const& wish) {
    if (check.task.closed_at) return not_now(check.task, "reassign");
    auto const leaving = leaving_of(check, wish.from);
    if (!leaving) return leaving.error();
    if (auto fit = is_verifier_of(check.db, wish.to, check.task.organisation); !fit) return fit;
    int const seat = *leaving ? (*leaving)->seat : *check.empty_seat();
    if (auto done = put_into_seat(check, *leaving, {seat, wish.to, {}}); !done) return done;
    keep_note(check, parts.vault, store::NoteKind::reassignment, wish.why);
    if (!check.drawn() || !parts.reseat) return {};
    return parts.reseat(check.db, {.task = check.task, .seat = seat, .decided_by = *check.by}, check.at);
}

}  // namespace sponsio::service
