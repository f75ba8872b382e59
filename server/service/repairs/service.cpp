#include "server/service/repairs/service.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/db/error.hpp"
#include "server/service/findings/papers.hpp"
#include "server/service/listings/entries.hpp"
#include "server/service/publicity/entries.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/organisations.hpp"
#include "server/store/records.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::RecordCause;
using domain::RepairEvent;
using domain::RepairState;

std::string why_of(RepairId id) {
    return "repair " + id.text();
}

template <class Body>
auto in_words(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (db::DbError const& error) {
        if (error.kind() != db::ErrorKind::unique || error.constraint() != "repair_open") throw;
        return fault(problem::conflict, "Another application about this record is open.",
                     "该记录已有修复申请正在办理。");
    }
}

bool waits(RepairState state) {
    return state == RepairState::applied || state == RepairState::accepted;
}

Json last_day_of(std::optional<Instant> const& due) {
    return due ? Json(to_iso(last_day(*due))) : Json();
}

JsonObject summary(store::RepairRow const& row, Instant now) {
    return {{"repair_id", row.id.text()},
            {"record_id", row.record.text()},
            {"state", domain::word(row.state)},
            {"filed_at", to_rfc3339(row.filed_at)},
            {"due_on", last_day_of(row.due_at)},
            {"overdue", waits(row.state) && row.due_at && now >= *row.due_at},
            {"rule", row.rule},
            {"answer_due_on", last_day_of(row.answer_due_at)}};
}

/// What the applicant is handed at the counter.
Json receipt(store::RepairRow const& row, std::string const& unit) {
    return domain::to_json(domain::compose_repair_receipt(
        {.unit = unit,
         .id = row.id.text(),
         .record = row.record.text(),
         .filed_on = china_date(row.filed_at),
         .answer_by = row.answer_due_at ? std::optional(last_day(*row.answer_due_at)) : std::nullopt,
         .rule = row.answer_rule}));
}

}  // namespace

RepairService::RepairService(RepairParts parts)
    : parts_(std::move(parts)),
      facts_(parts_.vault, parts_.matters, parts_.rules, parts_.calendar, parts_.issuer),
      files_({.db = parts_.db,
              .vault = parts_.vault,
              .clock = parts_.clock,
              .reached = [](db::PgSession& db, domain::Official const& who, Uuid const& of) {
                  return reached_at("/v1/repairs/", store::repair_by_id(db, RepairId{of}), who);
              }}) {}

Outcome<Json> RepairService::view(db::PgSession& db, store::RepairRow const& row) const {
    Instant const now = parts_.clock.now();
    auto const unit = store::organisation_by_id(db, row.organisation);
    if (!unit) return internal("unit of a repair");
    auto unmet = waits(row.state) ? unmet_conditions(db, parts_, facts_, row, now)
                                  : Outcome<std::vector<UnmetCondition>>(std::vector<UnmetCondition>{});
    if (!unmet) return unmet.error();
    auto steps = steps_view(db, parts_.vault, row.id.raw());
    if (!steps) return steps.error();
    auto files = evidence_views(db, parts_.vault, store::CaseFiles{row.id.raw()});
    if (!files) return files.error();
    auto answered = newest_answer(db, parts_.vault, row.id.raw());
    if (!answered) return answered.error();
    JsonObject json = summary(row, now);
    json.add("identity_check", domain::word(row.identity_check))
        .add("paper_sha256", row.paper ? Json(to_hex(*row.paper)) : Json())
        .add("corrected_on", or_null(row.corrected_on))
        .add("correction_evidence_id", or_null(row.correction))
        .add("commitment_evidence_id", or_null(row.commitment))
        .add("answer_rule", row.answer_rule)
        .add("gaps", conditions_view(*unmet))
        .add("filed_by", or_null(row.filed_by))
        .add("taken_in_by", or_null(row.accepted_by))
        .add("decided_by", or_null(row.decided_by))
        .add("decided_at", or_null(row.decided_at))
        .add("number", or_null(row.number))
        .add("extended_by", or_null(row.extended_by))
        .add("revoked_by", or_null(row.revoked_by))
        .add("barred_until", last_day_of(row.barred_until))
        .add("receipt", receipt(row, unit->name))
        .add("answer", std::move(*answered))
        .add("papers", answers_view(db, row.id.raw()))
        .add("files", std::move(*files))
        .add("steps", std::move(*steps))
        .add("history", history_view(store::history(db, row.id.text())));
    Json answer(std::move(json));
    name_people(db, answer);
    return answer;
}

// ----------------------------------------------------------------------------------------------- it comes in
Outcome<Json> RepairService::own_view(db::PgSession& db, Vault const& vault, store::RepairRow const& row,
                                      Instant now) {
    auto const unit = store::organisation_by_id(db, row.organisation);
    if (!unit) return internal("unit of a repair");
    auto answered = newest_answer(db, vault, row.id.raw());
    if (!answered) return answered.error();
    JsonObject json = summary(row, now);
    json.add("number", or_null(row.number))
        .add("receipt", receipt(row, unit->name))
        .add("answer", std::move(*answered))
        .add("papers", answers_view(db, row.id.raw()));
    return Json(std::move(json));
}

/// Counts the periods of an application, and keeps it.
Outcome<store::RepairRow> RepairService::take_in(db::PgSession& db, store::RepairRow row,
                                                 domain::Actor const& actor,
                                                 std::string const& statement) const {
    Instant const now = row.filed_at;
    if (row.corrected_on && *row.corrected_on > china_date(now))
        return bad_field("/corrected_on", reason::in_future);
    auto const by = CountedBy::at(db, row.organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    auto const accept = by->from(domain::rule::repair_accept, now);
    if (!accept) return accept.error();
    auto const whole = by->from(domain::rule::repair_answer, now);
    if (!whole) return whole.error();
    row.due_at = accept->due;
    row.rule = accept->rule;
    row.answer_due_at = whole->due;
    row.answer_rule = whole->rule;
    store::insert(db, row);
    born(db, domain::repair_lifecycle,
         {.subject = row.id.text(),
          .actor = actor,
          .now = now,
          .rule = row.rule,
          .organisation = row.organisation});
    say(db, parts_.vault, {row.id.raw(), actor.account(), now}, "created",
        JsonObject{{"statement", statement}});
    return row;
}

Outcome<RepairId> RepairService::apply_own(db::PgSession& db, RecordId id,
                                           domain::OwnRepair const& application, domain::SubjectId subject) {
    Instant const now = parts_.clock.now();
    auto const record = store::record_by_id(db, id);
    if (!record) return fault(problem::not_found);
    auto const row = take_in(db,
                             {.id = new_id<RepairId>(now),
                              .record = record->id,
                              .organisation = record->organisation,
                              .identity_check = domain::IdentityCheck::electronic_sign_in,
                              .paper = {},
                              .corrected_on = application.corrected_on,
                              .filed_by = {},
                              .filed_at = now,
                              .due_at = {},
                              .rule = {},
                              .answer_due_at = {},
                              .answer_rule = {}},
                             subject, application.statement);
    if (!row) return row.error();
    return row->id;
}

Outcome<Made> RepairService::make(db::PgSession& db, domain::Official const& who,
                                  domain::RepairDraft const& draft) {
    Instant const now = parts_.clock.now();
    auto const record = store::record_by_id(db, draft.record);
    if (!record || record->organisation != who.organisation)
        return bad_field("/record_id", reason::no_such_thing, form::known_thing);
    auto const row = take_in(db,
                             {.id = new_id<RepairId>(now),
                              .record = record->id,
                              .organisation = record->organisation,
                              .identity_check = draft.identity_check,
                              .paper = draft.paper,
                              .corrected_on = draft.corrected_on,
                              .filed_by = who.account,
                              .filed_at = now,
                              .due_at = {},
                              .rule = {},
                              .answer_due_at = {},
                              .answer_rule = {}},
                             who.account, draft.statement);
    if (!row) return row.error();
    auto answer = view(db, *row);
    if (!answer) return answer.error();
    return Made{"/v1/repairs/" + row->id.text(), std::move(*answer)};
}

Async<Created> RepairService::apply(Caller<Official> const& caller, RequestOnce once,
                                    domain::RepairDraft draft) {
    return parts_.db.run(caller.deadline, [this, caller, once = std::move(once),
                                           draft = std::move(draft)](db::PgSession& session) {
        return in_words([&]() -> Outcome<Created> {
            return create_once(session, parts_.vault, *caller.who, once, parts_.clock.now(),
                               [&](db::PgSession& db) { return make(db, *caller.who, draft); });
        });
    });
}

// ------------------------------------------------------------------------------------------------ it is read
Async<Json> RepairService::repair(Caller<Official> const& caller, RepairId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<Json> {
        std::optional<store::RepairRow> row;
        auto shown = in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            row = store::repair_by_id(db, id);
            if (!row || row->organisation != caller.who->organisation) return fault(problem::not_found);
            return view(db, *row);
        });
        if (shown)
            note_case(session, caller, store::commitments_of(session, {row->record}), {"statement"},
                      parts_.clock.now());
        return shown;
    });
}

Async<Page> RepairService::list(Caller<Official> const& caller, RepairFilter filter) {
    return parts_.db.run(
        caller.deadline, [this, caller, q = std::move(filter)](db::PgSession& db) -> Outcome<Page> {
            auto const after = RepairId::parse(q.after);
            if (!after && !q.after.empty())
                return bad_field("query:cursor", reason::bad_format, form::cursor);
            Page page;
            for (auto const& row : store::repairs_after(
                     db, {std::vector{caller.who->organisation}, q.state, q.record, after, q.limit}))
                page.add(summary(row, parts_.clock.now()), row.id.text());
            return page;
        });
}

// --------------------------------------------------------------------------------------------- it is decided
template <class Act>
Async<Json> RepairService::on_repair(Caller<Official> const& caller, RepairId id, Act act) {
    return parts_.db.run(caller.deadline,
                         [this, caller, id, act = std::move(act)](db::PgSession& session) -> Outcome<Json> {
                             auto done = act_on_own(
                                 session, caller, parts_.clock.now(),
                                 [&](db::PgSession& db) { return store::lock_repair(db, id); }, act,
                                 [&](Open const& open) { return view(open.db, open.row); });
                             if (done && parts_.leaves_waiting) parts_.leaves_waiting();
                             return done;
                         });
}

Outcome<domain::RepairFacts> RepairService::facts(Open const& open) const {
    auto const by = CountedBy::at(open.db, open.row.organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    std::vector<AccountId> accounts{open.who.account};
    for (auto const& one : {open.row.filed_by, open.row.accepted_by, open.row.decided_by})
        if (one) accounts.push_back(*one);
    Persons const persons(open.db, accounts);
    return domain::RepairFacts{
        .actor = persons.of(open.who.account),
        .known = persons.known(open.who.account),
        .now = open.now,
        .due = open.row.due_at,
        .extended = open.row.extended_by.has_value(),
        .extendable = parts_.rules.clock_if(domain::rule::repair_extension, by->region, china_date(open.now))
                          .has_value(),
        .filed_by = persons.of(open.row.filed_by),
        .accepted_by = persons.of(open.row.accepted_by),
        .decided_by = persons.of(open.row.decided_by)};
}

Outcome<void> RepairService::advance(Open& open, RepairEvent event, Json const& said,
                                     std::optional<std::string> why, std::optional<std::string> rule) {
    auto const known = facts(open);
    if (!known) return known.error();
    return service::advance(open, parts_.vault, domain::repair_lifecycle, *known,
                            {event, said, std::move(why), std::move(rule)});
}

/// Whether it was taken in, what was decided, and that it was revoked, each on paper.
Outcome<void> RepairService::answer(
    Open& open, store::DocumentKind kind, std::string const& number,
    std::function<Bilingual(domain::AnswerText const&)> const& compose) const {
    return answer_on_paper(
        open.db, parts_, open.who, open.now,
        {.of = open.row.id.raw(), .record = open.row.record, .filed_on = china_date(open.row.filed_at)}, kind,
        number, compose);
}

Async<Json> RepairService::accept(Caller<Official> const& caller, RepairId id,
                                  domain::RepairAcceptance acceptance) {
    return on_repair(caller, id, [this, a = std::move(acceptance)](Open& open) -> Outcome<void> {
        for (auto const& [pointer, file] : {std::pair{"/correction_evidence_id", a.correction},
                                            std::pair{"/commitment_evidence_id", a.commitment}})
            if (file)
                if (auto there = check_case_file(open.db, open.row.id.raw(), pointer, *file); !there)
                    return there;
        open.row.correction = a.correction;
        open.row.commitment = a.commitment;
        auto const unmet = unmet_conditions(open.db, parts_, facts_, open.row, open.now);
        if (!unmet) return unmet.error();
        Json const said = JsonObject{{"why", a.why}, {"gaps", conditions_view(*unmet)}};
        // Neither has a number of the unit, so the application's own names it.
        std::string const number = open.row.id.text();
        if (!a.accepted) {
            if (auto moved = advance(open, RepairEvent::refuse, said); !moved) return moved;
            std::vector<Bilingual> missing;
            for (auto const& one : *unmet) missing.push_back(one.text);
            return answer(open, store::DocumentKind::repair_intake, number, [&](auto const& about) {
                return domain::compose_repair_refusal(about, a.why, missing);
            });
        }
        auto const by = CountedBy::at(open.db, open.row.organisation, parts_.rules, parts_.calendar);
        if (!by) return by.error();
        auto const clock = by->from(domain::rule::repair_decide, open.now);
        if (!clock) return clock.error();
        if (auto moved = advance(open, RepairEvent::accept, said, {}, clock->rule); !moved) return moved;
        if (!unmet->empty()) return refused_for(*unmet);
        open.row.accepted_by = open.who.account;
        open.row.due_at = clock->due;
        open.row.rule = clock->rule;
        return answer(open, store::DocumentKind::repair_intake, number, [&](auto const& about) {
            return domain::compose_repair_acceptance(
                about, a.why, clock->due ? std::optional(last_day(*clock->due)) : std::nullopt);
        });
    });
}

/// The record's status, and what the platform hears of it.
Outcome<void> RepairService::change_record(Open& open, bool repaired, std::string const& number) const {
    auto record = RecordCase::lock(
        open.db, parts_.vault,
        {.record = open.row.record, .why = why_of(open.row.id), .actor = open.who.account, .now = open.now});
    if (!record) return record.error();
    auto changed = repaired ? record->open(RecordCause::repair) : record->end(RecordCause::repair);
    if (!changed) return changed;
    record->save();
    if (repaired) {
        auto const ended = end_publicity_of(open.db, open.row.record,
                                            {.why = domain::PublicityEnd::repaired,
                                             .by = number,
                                             .actor = open.who.account,
                                             .now = open.now});
        if (!ended) return ended.error();
        auto const off = end_listing_of(
            open.db, open.row.record,
            {.why = domain::ListingEnd::repaired, .by = number, .actor = open.who.account, .now = open.now});
        if (!off) return off.error();
    }
    return parts_.reports.follow(open.db,
                                 {.record = open.row.record,
                                  .op = repaired ? domain::ReportOp::repair : domain::ReportOp::add,
                                  .why = number,
                                  .by = open.who.account},
                                 open.now);
}

Async<Json> RepairService::decide(Caller<Official> const& caller, RepairId id,
                                  domain::RepairDecision decision) {
    return on_repair(caller, id, [this, d = std::move(decision)](Open& open) -> Outcome<void> {
        auto const event = d.granted ? RepairEvent::grant : RepairEvent::reject;
        if (auto moved = advance(open, event, JsonObject{{"reasons", d.reasons}}, d.number); !moved)
            return moved;
        open.row.decided_by = open.who.account;
        open.row.decided_at = open.now;
        open.row.number = d.number;
        auto told = answer(open, store::DocumentKind::repair_answer, d.number,
                           [&](auto const& about) { return domain::compose_repair_answer(about, d); });
        if (!told || !d.granted) return told;
        // What held when it was taken in may hold no more.
        auto const unmet = unmet_conditions(open.db, parts_, facts_, open.row, open.now);
        if (!unmet) return unmet.error();
        if (!unmet->empty()) return refused_for(*unmet);
        return change_record(open, true, d.number);
    });
}

Async<Json> RepairService::extend(Caller<Official> const& caller, RepairId id, domain::StepReason reason) {
    return on_repair(caller, id, [this, reason = std::move(reason)](Open& open) -> Outcome<void> {
        auto const by = CountedBy::at(open.db, open.row.organisation, parts_.rules, parts_.calendar);
        if (!by) return by.error();
        auto const rule =
            parts_.rules.clock_if(domain::rule::repair_extension, by->region, china_date(open.now));
        auto moved = advance(open, RepairEvent::extend, JsonObject{{"why", reason.why}}, {},
                             rule ? std::optional(domain::rule_name(*rule)) : std::nullopt);
        if (!moved) return moved;
        open.row.extended_by = open.who.account;
        if (!open.row.due_at) return {};  // its calendar is not known yet, so neither is the end of more days
        auto const longer = by->from(rule.value(), last_day(*open.row.due_at));
        if (!longer) return longer.error();
        open.row.due_at = longer->due;
        open.row.rule = longer->rule;
        return {};
    });
}

Async<Json> RepairService::withdraw(Caller<Official> const& caller, RepairId id, domain::PartyStep step) {
    return on_repair(caller, id, [this, step = std::move(step)](Open& open) -> Outcome<void> {
        Json const said = JsonObject{{"why", step.why}, {"evidence_id", step.paper.text()}};
        if (auto moved = advance(open, RepairEvent::withdraw, said); !moved) return moved;
        return check_case_file(open.db, open.row.id.raw(), "/evidence_id", step.paper);
    });
}

Async<Json> RepairService::revoke(Caller<Official> const& caller, RepairId id, domain::RepairRevocation why) {
    return on_repair(caller, id, [this, why = std::move(why)](Open& open) -> Outcome<void> {
        auto const by = CountedBy::at(open.db, open.row.organisation, parts_.rules, parts_.calendar);
        if (!by) return by.error();
        auto const bar = by->from(domain::rule::repair_bar, open.now);
        if (!bar) return bar.error();
        Json const said = JsonObject{{"reasons", why.reasons}, {"number", why.number}};
        if (auto moved = advance(open, RepairEvent::revoke, said, why.number, bar->rule); !moved)
            return moved;
        open.row.revoked_by = open.who.account;
        open.row.barred_until = bar->due;
        auto told = answer(open, store::DocumentKind::repair_revocation, why.number, [&](auto const& about) {
            return domain::compose_repair_revocation(
                about, why, bar->due ? std::optional(last_day(*bar->due)) : std::nullopt);
        });
        if (!told) return told;
        return change_record(open, false, why.number);
    });
}

}  // namespace sponsio::service
