#include "server/service/departments/assist_service.hpp"

#include "crypto/tokens/jws.hpp"
#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/domain/uscc.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/organisations.hpp"
#include "server/store/task_reasons.hpp"
#include "server/store/tasks.hpp"

#include <algorithm>

namespace sponsio::service {

using domain::InquiryAnswer;
using domain::Json;
using domain::JsonObject;
using domain::TaskEvent;
using domain::TaskState;
using domain::TicketEvent;
using domain::TicketState;

namespace {

constexpr Reason not_for_people{"not_for_people", "is an answer that only a machine gives",
                                "仅适用于机器应答"};
constexpr Reason one_of_two{"one_of_two", "is given or the other, and not both", "二者须且仅须填写其一"};
constexpr Reason nobody_there{"nobody_there", "names nobody who could be asked", "没有可供协查的单位"};
constexpr Reason own_unit{"own_unit", "is the asking unit itself", "不得向本单位发出协查"};

/// {rule, rule_pack, calendar}
void add_clock(JsonObject& to, std::optional<std::string> const& line) {
    if (!line) {
        to.add("rule", Json()).add("rule_pack", Json()).add("calendar", Json());
        return;
    }
    ClockText const origin = ClockText::split(*line);
    to.add("rule", origin.rule).add("rule_pack", origin.rule_pack).add("calendar", or_null(origin.calendar));
}

Json last_instant_or_null(std::optional<Instant> const& ends) {
    return ends ? Json(to_rfc3339(last_instant(*ends))) : Json();
}

/// The decrypted JSON; null if its key was destroyed.
Outcome<Json> open_or_null(Vault const& vault, store::SealedColumns const& sealed, std::string const& place) {
    auto opened = vault.open_json(sealed, place);
    if (!opened && opened.error().problem == &problem::gone) return Json();
    return opened;
}

Json unit_view(db::PgSession& db, OrganisationId id) {
    auto const unit = store::organisation_by_id(db, id);
    if (!unit) return {};
    return JsonObject{{"uscc", unit->uscc}, {"name", unit->name}};
}

}  // namespace

TicketAnswer TicketAnswer::read(domain::Fields& fields) {
    TicketAnswer said{.answer = fields.choice<InquiryAnswer>("answer"),
                      .note = fields.text("note", {.max = 4000})};
    said.document_ref = fields.optional_text("document_ref", {.max = 200});
    if (said.answer == InquiryAnswer::ask_in_writing) fields.refuse("answer", not_for_people);
    return said;
}

AssistRequest AssistRequest::read(domain::Fields& fields) {
    AssistRequest request{.department = fields.optional_text("department", {.max = 40}),
                          .unit_uscc = fields.optional_text("unit_uscc", {.max = 18}),
                          .question = fields.text("question", {.max = 4000})};
    if (request.department.has_value() == request.unit_uscc.has_value())
        fields.refuse("department", one_of_two);
    if (request.unit_uscc) {
        if (auto const uscc = domain::Uscc::as_printed(*request.unit_uscc))
            request.unit_uscc = uscc->text();
        else
            fields.refuse("unit_uscc", *uscc.error(), form::uscc);
    }
    return request;
}

Department const* AssistService::department_of(std::optional<std::string> const& word) const {
    auto const found =
        std::ranges::find_if(departments_, [&](Department const& d) { return d.word == word; });
    return found == departments_.end() ? nullptr : &*found;
}

// ------------------------------------------------------------------------------------------------- questions
Outcome<Json> AssistService::check_view(db::PgSession& db, store::InquiryRow const& row) const {
    JsonObject view{{"check_id", row.id.text()},
                    {"task_id", row.task.text()},
                    {"commitment_code", row.commitment_code},
                    {"department", row.department},
                    {"state", domain::word(row.state)},
                    {"attempts", row.attempts},
                    {"created_at", to_rfc3339(row.created_at)},
                    {"asked_at", or_null(row.asked_at)},
                    {"wait_until", last_instant_or_null(row.wait_until)}};
    add_clock(view, row.wait_rule);
    view.add("last_error", or_null(row.last_error));
    Json question, note, held_as_of;
    if (row.question) {
        auto opened = open_or_null(ground_.vault, *row.question, store::question_label(row.id));
        if (!opened) return opened.error();
        question = std::move(*opened);
    }
    if (row.reply && !question.is_null()) {
        auto const token = ground_.vault.open_beside(*row.question, *row.reply, store::reply_label(row.id));
        if (!token) return token.error();
        auto const jws = crypto::jws_parse(*token);
        if (!jws) return internal("stored answer");
        auto const reply = domain::InquiryReply::parse(to_string(jws->payload));
        if (!reply) return internal("stored answer");
        note = or_null(reply->note);
        held_as_of = or_null(reply->held_as_of);
    }
    view.add("question", std::move(question))
        .add("answer", or_null(row.answer))
        .add("note", std::move(note))
        .add("held_as_of", std::move(held_as_of))
        .add("answered_at", or_null(row.answered_at))
        .add("evidence_id", or_null(row.evidence));
    view.add("history", history_view(store::history(db, row.id.text())));
    return Json(std::move(view));
}

Async<Page> AssistService::checks(Caller<Official> const& caller, std::optional<TaskId> task,
                                  std::string after, int limit) {
    return ground_.db.run(
        caller.deadline,
        [this, caller, task, after = std::move(after), limit](db::PgSession& session) -> Outcome<Page> {
            auto const place = place_of<InquiryId>(after);
            if (!place) return place.error();
            return in_snapshot(session, [&](db::PgSession& db) -> Outcome<Page> {
                Page page;
                for (store::InquiryRow const& row :
                     store::checks_in(db, {.organisation = caller.who->organisation,
                                          .task = task,
                                          .after = *place,
                                          .limit = limit})) {
                    auto view = check_view(db, row);
                    if (!view) return view.error();
                    page.add(std::move(*view), list_key(row.created_at, row.id.text()));
                }
                return page;
            });
        });
}

// --------------------------------------------------------------------------------------------------- tickets
Outcome<Json> AssistService::ticket_view(db::PgSession& db, store::TicketRow const& row) const {
    JsonObject view{{"ticket_id", row.id.text()},
                    {"task_id", row.task.text()},
                    {"check_id", or_null(row.check)},
                    {"department", or_null(row.department)},
                    {"unit", unit_view(db, row.unit)},
                    {"asked_by_unit", unit_view(db, row.organisation)},
                    {"asked_by", or_null(row.asked_by)},
                    {"asked_at", to_rfc3339(row.asked_at)},
                    {"due_at", last_instant_or_null(row.due_at)}};
    add_clock(view, row.rule);
    auto question = open_or_null(ground_.vault, row.question, store::ticket_label(row.id));
    if (!question) return question.error();
    Json reply;
    if (row.reply && !question->is_null()) {
        auto const text =
            ground_.vault.open_beside(row.question, *row.reply, store::ticket_reply_label(row.id));
        if (!text) return text.error();
        reply = json::parse(*text).value();
    }
    view.add("state", domain::word(row.state))
        .add("question", std::move(*question))
        .add("answer", or_null(row.answer))
        .add("reply", std::move(reply))
        .add("answered_by", or_null(row.answered_by))
        .add("answered_at", or_null(row.answered_at))
        .add("evidence_id", or_null(row.evidence))
        .add("history", history_view(store::history(db, row.id.text())));
    Json named = std::move(view);
    name_people(db, named);
    return named;
}

Async<Page> AssistService::tickets(Caller<Official> const& caller, TicketFilter question) {
    return ground_.db.run(caller.deadline,
                          [this, caller, q = std::move(question)](db::PgSession& session) -> Outcome<Page> {
                              auto const place = place_of<TicketId>(q.after);
                              if (!place) return place.error();
                              store::TicketList const list{.organisation = caller.who->organisation,
                                                           .asked_of = q.side == TicketSide::incoming,
                                                           .state = q.state,
                                                           .after = *place,
                                                           .limit = q.limit};
                              std::vector<TaskId> shown;
                              auto page = in_snapshot(session, [&](db::PgSession& db) -> Outcome<Page> {
                                  Page found;
                                  for (store::TicketRow const& row : store::tickets_in(db, list)) {
                                      auto view = ticket_view(db, row);
                                      if (!view) return view.error();
                                      shown.push_back(row.task);
                                      found.add(std::move(*view), list_key(row.asked_at, row.id.text()));
                                  }
                                  return found;
                              });
                              if (page) note(session, caller, shown);
                              return page;
                          });
}

Async<Json> AssistService::ticket(Caller<Official> const& caller, TicketId id) {
    return ground_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<Json> {
        std::optional<store::TicketRow> row;
        auto view = in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            row = store::ticket_by_id(db, id);
            if (!row || !(is_own_case(*caller.who, row->unit) || is_own_case(*caller.who, row->organisation)))
                return fault(problem::not_found);
            return ticket_view(db, *row);
        });
        if (view) note(session, caller, {row->task});
        return view;
    });
}

/// Tickets say whom they are about, and what was promised.
void AssistService::note(db::PgSession& db, Caller<Official> const& caller,
                         std::vector<TaskId> const& tasks) const {
    std::vector<std::string> codes;
    for (store::TaskRow const& task : store::tasks_by_id(db, tasks)) codes.push_back(task.commitment_code);
    if (!codes.empty()) note_case(db, caller, std::move(codes), {"question", "reply"}, ground_.clock.now());
}

Async<Json> AssistService::answer(Caller<Official> const& caller, TicketId id, TicketAnswer said) {
    return ground_.db.run(
        caller.deadline, [this, caller, id, said = std::move(said)](db::PgSession& session) {
            return in_transaction(session, caller,
                                  [&](db::PgSession& db) { return answer_in(db, *caller.who, id, said); });
        });
}

Outcome<Json> AssistService::answer_in(db::PgSession& db, domain::Official const& who, TicketId id,
                                       TicketAnswer const& said) const {
    Instant const now = ground_.clock.now();
    auto row = store::lock_ticket(db, id);
    if (!row || row->unit != who.organisation) return fault(problem::not_found);
    auto const to = step(db, domain::ticket_lifecycle, row->state, TicketEvent::answer, {},
                         {.subject = id.text(),
                          .actor = who.account,
                          .now = now,
                          .why = std::string(domain::word(said.answer)),
                          .shard = row->shard});
    if (!to) return to.error();
    Json const reply = JsonObject{{"note", said.note}, {"document_ref", or_null(said.document_ref)}};
    row->state = *to;
    row->answer = said.answer;
    row->answered_by = who.account;
    row->answered_at = now;
    row->reply =
        ground_.vault.seal_beside(row->question, json::canonical(reply), store::ticket_reply_label(id));
    auto task = store::lock_task(db, row->task);
    if (!task) return internal("a ticket without task");
    if (takes_answers(*task)) {
        Json const paper = JsonObject{{"ticket_id", id.text()},
                                      {"unit_uscc", who.organisation_uscc},
                                      {"answered_at", to_rfc3339(now)},
                                      {"answer", domain::word(said.answer)},
                                      {"reply", reply}};
        row->evidence = keep_answer(db, ground_.vault, task->id,
                                    {.kind = domain::EvidenceKind::documentary,
                                     .name = "assistance-" + id.text() + ".json",
                                     .content_type = "application/json",
                                     .bytes = json::canonical(paper)},
                                    who.account, now);
        note_answer(db, task->id, said.answer, now);
        if (auto moved = move_on_assist(db, *task, TaskEvent::assist_replied, who.account, std::nullopt,
                                        row->check.has_value(), now);
            !moved)
            return moved.error();
    }
    store::update(db, *row);
    return ticket_view(db, *row);
}

Async<Created> AssistService::send(Caller<Official> const& caller, RequestOnce once, TaskId task,
                                   AssistRequest request) {
    return ground_.db.run(caller.deadline,
                          [this, caller, once = std::move(once), task,
                           request = std::move(request)](db::PgSession& session) -> Outcome<Created> {
                              return create_once(
                                  session, ground_.vault, *caller.who, once, ground_.clock.now(),
                                  [&](db::PgSession& db) { return send_in(db, *caller.who, task, request); });
                          });
}

Outcome<OrganisationId> AssistService::unit_of(db::PgSession& db, AssistRequest const& request,
                                               Department const* department) const {
    char const* const where = request.department ? "/department" : "/unit_uscc";
    std::optional<std::string> uscc = request.unit_uscc;
    if (department) uscc = department->assist_unit_uscc;
    auto const unit = uscc ? store::organisation_by_uscc(db, *uscc) : std::nullopt;
    if (!unit) return bad_field(where, nobody_there);
    return unit->id;
}

Outcome<Made> AssistService::send_in(db::PgSession& db, domain::Official const& who, TaskId id,
                                     AssistRequest const& request) const {
    Instant const now = ground_.clock.now();
    auto task = store::lock_task(db, id);
    if (!task || task->organisation != who.organisation) return fault(problem::not_found);
    if (task->state != TaskState::in_progress)
        return domain::wrong_step(domain::task_lifecycle.name, domain::word(task->state),
                                  domain::word(TaskEvent::assist_sent),
                                  domain::task_lifecycle.possible_from(task->state));
    if (task->assignee != who.account)
        return fault(problem::forbidden, "Somebody else holds this task.", "该核查任务由他人承办。");
    Department const* const department = department_of(request.department);
    auto const unit = unit_of(db, request, department);
    if (!unit) return unit.error();
    if (*unit == who.organisation) return bad_field("/unit_uscc", own_unit);
    // The words of a machine's question, so that both kinds of ticket read alike.
    auto const content = question_about(db, ground_, InquiryId{id.raw()}, request.department.value_or(""),
                                        task->commitment_code, issuer_);
    if (!content) return content.error();
    auto const ticket = open_ticket(db, ground_,
                                    {.check = std::nullopt,
                                     .unit = *unit,
                                     .department = department,
                                     .region = who.region_code,
                                     .asked_by = who.account,
                                     .question = ticket_question(*content, request.question)},
                                    *task, now);
    if (!ticket) return ticket.error();
    auto view = ticket_view(db, *ticket);
    if (!view) return view.error();
    return Made{"/v1/assist-tickets/" + ticket->id.text(), std::move(*view)};
}

// ------------------------------------------------------------------------------------------- background work
Outcome<bool> AssistService::tend() {
    auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    return ground_.db.run_blocking(limit, [this](db::PgSession& session) {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<bool> {
            Instant const now = ground_.clock.now();
            for (auto one :
                 {&AssistService::run_out, &AssistService::withdraw_idle, &AssistService::count_endless}) {
                auto const did = (this->*one)(db, now);
                if (!did || *did) return did;
            }
            return false;
        });
    });
}

Outcome<bool> AssistService::run_out(db::PgSession& db, Instant now) const {
    auto row = store::lock_due_ticket(db, now);
    if (!row) return false;
    auto const to = step(db, domain::ticket_lifecycle, row->state, TicketEvent::run_out, {},
                         {.subject = row->id.text(),
                          .actor = domain::System{},
                          .now = now,
                          .rule = row->rule,
                          .shard = row->shard});
    if (!to) return to.error();
    row->state = *to;
    store::update(db, *row);
    auto task = store::lock_task(db, row->task);
    if (!task) return internal("a ticket without task");
    if (auto moved = move_on_assist(db, *task, TaskEvent::assist_overdue, std::nullopt, row->rule,
                                    row->check.has_value(), now);
        !moved)
        return moved.error();
    store::end_reason(db, task->id, domain::TaskReason::assist_open, now);
    store::add_reason(db, task->id,
                      {.reason = domain::TaskReason::assist_overdue, .since = now, .rule = row->rule});
    return true;
}

Outcome<bool> AssistService::withdraw_idle(db::PgSession& db, Instant now) const {
    auto row = store::lock_idle_ticket(db);
    if (!row) return false;
    auto const to =
        step(db, domain::ticket_lifecycle, row->state, TicketEvent::withdraw, {},
             {.subject = row->id.text(), .actor = domain::System{}, .now = now, .shard = row->shard});
    if (!to) return to.error();
    row->state = *to;
    store::update(db, *row);
    store::end_reason(db, row->task, domain::TaskReason::assist_open, now);
    return true;
}

/// Sets due times that were open, once the calendar of their year is known.
Outcome<bool> AssistService::count_endless(db::PgSession& db, Instant) const {
    for (store::TicketRow& row : store::lock_endless_tickets(db, 100)) {
        auto const asking = store::organisation_by_id(db, row.organisation);
        if (!asking) return internal("a ticket without unit");
        auto const time =
            ticket_time(ground_, department_of(row.department), asking->region_code, row.asked_at);
        if (!time) return time.error();
        if (!time->due_at) continue;
        row.due_at = time->due_at;
        row.rule = time->rule;
        store::update(db, row);
        return true;
    }
    return false;
}

}  // namespace sponsio::service
