#include "server/service/objections/service.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/db/error.hpp"
#include "server/service/findings/papers.hpp"
#include "server/service/objections/view.hpp"
#include "server/service/publicity/entries.hpp"
#include "server/service/records/corrections.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/organisations.hpp"
#include "server/store/persons.hpp"
#include "server/store/records.hpp"

namespace sponsio::service {
namespace {

using domain::Holding;
using domain::Json;
using domain::JsonObject;
using domain::ObjectionChannel;
using domain::ObjectionEvent;
using domain::ObjectionGround;
using domain::ObjectionOutcome;
using domain::RecordCause;

constexpr Reason before_record{"before_record", "lies before the record was issued", "早于信用记录生成日期"};

std::string why_of(ObjectionId id) {
    return "objection " + id.text();
}

template <class Body>
auto in_words(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (db::DbError const& error) {
        if (error.kind() != db::ErrorKind::unique || error.constraint() != "objection_open") throw;
        return fault(problem::conflict, "Another objection to this record is open.",
                     "该记录已有异议正在处理。");
    }
}

/// Which members an objection has, by where it came in.
Outcome<void> check_channel(domain::ObjectionDraft const& draft, bool own_counter) {
    std::vector<FieldError> errors;
    auto const exactly = [&](char const* pointer, bool there, bool wanted, Form const& form) {
        if (there && !wanted) errors.push_back({pointer, &reason::not_allowed_here});
        if (!there && wanted) errors.push_back({pointer, &reason::required, {.form = &form}});
    };
    exactly("/identity_check", draft.identity_check.has_value(), own_counter, form::text);
    exactly("/paper_sha256", draft.paper.has_value(), own_counter, form::hex);
    exactly("/platform_reference", draft.platform_reference.has_value(), !own_counter, form::text);
    exactly("/received_on", draft.received_on.has_value(), !own_counter, form::date);
    if (errors.empty()) return {};
    return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
}

}  // namespace

ObjectionService::ObjectionService(ObjectionParts parts)
    : parts_(std::move(parts)),
      facts_(parts_.vault, parts_.matters, parts_.rules, parts_.calendar, parts_.issuer),
      files_({.db = parts_.db,
              .vault = parts_.vault,
              .clock = parts_.clock,
              .reached = [](db::PgSession& db, domain::Official const& who, Uuid const& of) {
                  return reached_at("/v1/objections/", store::objection_by_id(db, ObjectionId{of}), who);
              }}) {}

// ----------------------------------------------------------------------------------------------- it comes in
Outcome<store::ObjectionRow> ObjectionService::row_of(db::PgSession& db, domain::Official const& who,
                                                      domain::ObjectionDraft const& draft,
                                                      Instant now) const {
    auto const record = store::record_by_id(db, draft.record);
    if (!record || !reaches(db, parts_.vault, who, Holding::records, record->organisation))
        return bad_field("/record_id", reason::no_such_thing, form::known_thing);
    bool const own = record->organisation == who.organisation;
    if (auto fits = check_channel(draft, own); !fits) return fits.error();
    if (draft.received_on && *draft.received_on > china_date(now))
        return bad_field("/received_on", reason::in_future);
    if (draft.received_on && *draft.received_on < china_date(record->issued_at))
        return bad_field("/received_on", before_record);
    auto const by = CountedBy::at(db, record->organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    auto const unit = by->from(domain::rule::objection_provider, now);
    if (!unit) return unit.error();
    store::ObjectionRow row{.id = new_id<ObjectionId>(now),
                            .record = record->id,
                            .organisation = record->organisation,
                            .channel = own ? ObjectionChannel::counter : ObjectionChannel::platform,
                            .ground = draft.ground,
                            .identity_check = draft.identity_check,
                            .paper = draft.paper,
                            .platform_reference = draft.platform_reference,
                            .received_on = draft.received_on,
                            .filed_by = who.account,
                            .filed_at = now,
                            .due_at = unit->due,
                            .rule = unit->rule,
                            .platform_due_at = {},
                            .platform_rule = {}};
    if (!draft.received_on) return row;
    auto const platform = by->from(domain::rule::objection_platform, *draft.received_on);
    if (!platform) return platform.error();
    row.platform_due_at = platform->due;
    row.platform_rule = platform->rule;
    return row;
}

/// Marks the record, and keeps the objection.
Outcome<void> ObjectionService::take_in(db::PgSession& db, store::ObjectionRow const& row,
                                        domain::Actor const& actor, std::string const& statement) {
    auto record = RecordCase::lock(
        db, parts_.vault, {.record = row.record, .why = why_of(row.id), .actor = actor, .now = row.filed_at});
    if (!record) return record.error();
    // Marked in the transaction that takes it in: sooner than any place asks.
    if (auto marked = record->open(RecordCause::objection); !marked) return marked;
    record->save();
    store::insert(db, row);
    born(db, domain::objection_lifecycle,
         {.subject = row.id.text(),
          .actor = actor,
          .now = row.filed_at,
          .why = std::string(domain::word(row.ground)),
          .rule = row.rule,
          .organisation = row.organisation});
    say(db, parts_.vault, {row.id.raw(), actor.account(), row.filed_at}, "created",
        JsonObject{{"statement", statement}});
    return {};
}

Outcome<ObjectionId> ObjectionService::file_own(db::PgSession& db, RecordId id,
                                                domain::OwnObjection const& objection,
                                                domain::SubjectId subject) {
    Instant const now = parts_.clock.now();
    auto const record = store::record_by_id(db, id);
    if (!record) return fault(problem::not_found);
    auto const by = CountedBy::at(db, record->organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    auto const unit = by->from(domain::rule::objection_provider, now);
    if (!unit) return unit.error();
    store::ObjectionRow const row{.id = new_id<ObjectionId>(now),
                                  .record = record->id,
                                  .organisation = record->organisation,
                                  .channel = ObjectionChannel::window,
                                  .ground = objection.ground,
                                  .identity_check = {},
                                  .paper = {},
                                  .platform_reference = {},
                                  .received_on = {},
                                  .filed_by = {},
                                  .filed_at = now,
                                  .due_at = unit->due,
                                  .rule = unit->rule,
                                  .platform_due_at = {},
                                  .platform_rule = {}};
    if (auto taken = take_in(db, row, subject, objection.statement); !taken) return taken.error();
    return row.id;
}

Outcome<Made> ObjectionService::make(db::PgSession& db, domain::Official const& who,
                                     domain::ObjectionDraft const& draft) {
    Instant const now = parts_.clock.now();
    auto const row = row_of(db, who, draft, now);
    if (!row) return row.error();
    if (auto taken = take_in(db, *row, who.account, draft.statement); !taken) return taken.error();
    auto view = objection_view(db, parts_.vault, *row, who, now);
    if (!view) return view.error();
    return Made{"/v1/objections/" + row->id.text(), std::move(*view)};
}

Async<Created> ObjectionService::file(Caller<Official> const& caller, RequestOnce once,
                                      domain::ObjectionDraft draft) {
    return parts_.db.run(caller.deadline, [this, caller, once = std::move(once),
                                           draft = std::move(draft)](db::PgSession& session) {
        auto made = in_words([&]() -> Outcome<Created> {
            return create_once(session, parts_.vault, *caller.who, once, parts_.clock.now(),
                               [&](db::PgSession& db) { return make(db, *caller.who, draft); });
        });
        if (made && parts_.leaves_waiting) parts_.leaves_waiting();
        return made;
    });
}

// ------------------------------------------------------------------------------------------------ it is read
Async<Json> ObjectionService::objection(Caller<Official> const& caller, ObjectionId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) -> Outcome<Json> {
        std::optional<store::ObjectionRow> row;
        auto view = in_snapshot(session, [&](db::PgSession& db) -> Outcome<Json> {
            row = store::objection_by_id(db, id);
            if (!row || !reaches(db, parts_.vault, *caller.who, Holding::records, row->organisation))
                return fault(problem::not_found);
            return objection_view(db, parts_.vault, *row, *caller.who, parts_.clock.now());
        });
        if (view)
            note_query(session, caller,
                       {.purpose = domain::purpose_of(*caller.who, Holding::records, row->organisation),
                        .commitments = store::commitments_of(session, {row->record}),
                        .fields = {"statement"}},
                       parts_.clock.now());
        return view;
    });
}

Async<Page> ObjectionService::list(Caller<Official> const& caller, ObjectionFilter filter) {
    return parts_.db.run(
        caller.deadline, [this, caller, q = std::move(filter)](db::PgSession& db) -> Outcome<Page> {
            auto const after = ObjectionId::parse(q.after);
            if (!after && !q.after.empty())
                return bad_field("query:cursor", reason::bad_format, form::cursor);
            auto const reach = Reach::of(db, parts_.vault, *caller.who, Holding::records);
            Page page;
            Instant const now = parts_.clock.now();
            for (auto const& row :
                 store::objections_after(db, {reach.organisations(), q.state, q.record, after, q.limit}))
                page.add(objection_summary(row, now), row.id.text());
            return page;
        });
}

// -------------------------------------------------------------------------------------------- it is answered
template <class Act>
Async<Json> ObjectionService::on_objection(Caller<Official> const& caller, ObjectionId id, Act act) {
    return parts_.db.run(
        caller.deadline, [this, caller, id, act = std::move(act)](db::PgSession& session) -> Outcome<Json> {
            auto done = in_words([&]() -> Outcome<Json> {
                return act_on_own(
                    session, caller, parts_.clock.now(),
                    [&](db::PgSession& db) { return store::lock_objection(db, id); }, act,
                    [&](Open const& open) {
                        return objection_view(open.db, parts_.vault, open.row, open.who, open.now);
                    });
            });
            if (done && parts_.leaves_waiting) parts_.leaves_waiting();
            return done;
        });
}

Outcome<domain::ObjectionFacts> ObjectionService::facts(db::PgSession& db, store::ObjectionRow const& row,
                                                        AccountId actor, Instant now) const {
    auto const by = CountedBy::at(db, row.organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    auto const record = store::record_by_id(db, row.record);
    auto const finding = store::finding_of_record(db, row.record);
    if (!record || !finding) return internal("record of an objection");
    std::vector<AccountId> accounts{actor};
    for (auto const& one : {row.filed_by, row.proposed_by})
        if (one) accounts.push_back(*one);
    Persons const persons(db, accounts);
    domain::ObjectionFacts facts{.actor = persons.of(actor),
                                 .known = persons.known(actor),
                                 .now = now,
                                 .due = row.due_at,
                                 .filed_by = persons.of(row.filed_by),
                                 .proposed_by = persons.of(row.proposed_by)};
    facts.paper_missing = row.paper && !has_case_file(db, row.id.raw(), *row.paper);
    facts.extended = row.extended_by.has_value();
    Date const today = china_date(now);
    facts.extendable =
        parts_.rules.clock_if(domain::rule::objection_extension, by->region, today).has_value();
    facts.reviewable = parts_.rules.clock_if(domain::rule::objection_review, by->region, today).has_value();
    facts.stands = record->state == domain::RecordState::active;
    for (auto const& one : store::findings_for_records(db, std::span(&*finding, 1)))
        for (auto const& person : {std::optional(one.drafted_by), one.reviewed_by, one.decided_by})
            if (person) facts.found_by.push_back(*person);
    return facts;
}

Outcome<void> ObjectionService::advance(Open& open, ObjectionEvent event, Json const& said,
                                        std::optional<std::string> why, std::optional<std::string> rule) {
    auto const known = facts(open.db, open.row, open.who.account, open.now);
    if (!known) return known.error();
    return service::advance(open, parts_.vault, domain::objection_lifecycle, *known,
                            {event, said, std::move(why), std::move(rule)});
}

/// The answer on paper, addressed by the name that the record has from now on.
Outcome<void> ObjectionService::answer(Open& open, domain::ObjectionProposal const& proposal) const {
    auto const by = CountedBy::at(open.db, open.row.organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    bool const reviewable =
        parts_.rules.clock_if(domain::rule::objection_review, by->region, china_date(open.now)).has_value();
    return answer_on_paper(
        open.db, parts_, open.who, open.now,
        {.of = open.row.id.raw(),
         .record = open.row.record,
         .filed_on = china_date(open.row.filed_at),
         .addressee = proposal.correction ? proposal.correction->subject_name : std::nullopt},
        store::DocumentKind::objection_answer, open.row.number.value(), [&](domain::AnswerText const& about) {
            return domain::compose_objection_answer(about, open.row.ground, proposal.outcome,
                                                    proposal.reasons, reviewable);
        });
}

bool ObjectionService::retention_over(db::PgSession& db, RecordId record, Instant now) const {
    auto const opened = finding_behind(db, facts_, record);
    if (!opened) return false;
    auto const facts = facts_.read(*opened, record, now, {.list_no = 1, .index = 0});
    return facts && china_date(now) > facts->retention_until;
}

/// Whether the rules and the record allow that outcome.
Outcome<void> ObjectionService::fits(db::PgSession& db, store::ObjectionRow const& row,
                                     domain::ObjectionProposal const& proposal, Instant now) const {
    auto const by = CountedBy::at(db, row.organisation, parts_.rules, parts_.calendar);
    if (!by) return by.error();
    Date const today = china_date(now);
    if (proposal.outcome == ObjectionOutcome::correct && row.ground == ObjectionGround::fact_wrong &&
        parts_.rules.flag_if(domain::rule::objection_delete, by->region, today))
        return by_rule(
            fault(problem::conflict, "Here a record whose fact is wrong is deleted and not corrected.",
                  "本地规则规定，事实有误的记录应当删除，不作更正。"),
            parts_.rules, domain::rule::objection_delete, by->region, today);
    if (proposal.correction && proposal.correction->subject_name &&
        row.ground == ObjectionGround::wrong_person)
        return fault(problem::conflict,
                     "A record about another person is not given another name; it is deleted.",
                     "记录并非本人的，应当删除，不得更正姓名。");
    if (proposal.outcome == ObjectionOutcome::end && !retention_over(db, row.record, now))
        return by_rule(
            fault(problem::too_early, "The record's time is not over, so nothing of it is overdue.",
                  "该记录保存期限尚未届满，不属于超期情形。"),
            parts_.rules, domain::rule::retention, by->region, today);
    return {};
}

Async<Json> ObjectionService::propose(Caller<Official> const& caller, ObjectionId id,
                                      domain::ObjectionProposal proposal) {
    return on_objection(caller, id, [this, proposal = std::move(proposal)](Open& open) -> Outcome<void> {
        auto moved = advance(open, ObjectionEvent::propose, proposal.to_json(),
                             std::string(domain::word(proposal.outcome)));
        if (!moved) return moved;
        if (auto allowed = fits(open.db, open.row, proposal, open.now); !allowed) return allowed;
        open.row.outcome = proposal.outcome;
        open.row.proposed_by = open.who.account;
        return {};
    });
}

Async<Json> ObjectionService::decide(Caller<Official> const& caller, ObjectionId id,
                                     domain::ObjectionDecision decision) {
    return on_objection(caller, id, [this, decision = std::move(decision)](Open& open) -> Outcome<void> {
        Json const reasons = JsonObject{{"reasons", decision.reasons}};
        if (!decision.agreed) {
            auto returned = advance(open, ObjectionEvent::return_proposal, reasons);
            if (!returned) return returned;
            open.row.outcome.reset();
            open.row.proposed_by.reset();
            return {};
        }
        if (auto moved = advance(open, ObjectionEvent::decide, reasons, decision.number); !moved)
            return moved;
        auto const said =
            said_last(open.db, parts_.vault, open.row.id.raw(), domain::word(ObjectionEvent::propose));
        if (!said) return said.error();
        if (!*said) return internal("a decision without its proposal");
        auto const proposal = domain::ObjectionProposal::from_json(**said);
        // What was proposed may have been overtaken since.
        if (auto allowed = fits(open.db, open.row, proposal, open.now); !allowed) return allowed;
        open.row.decided_by = open.who.account;
        open.row.decided_at = open.now;
        open.row.number = decision.number;
        if (auto told = answer(open, proposal); !told) return told;
        return take_effect(open, proposal);
    });
}

/// Opens or ends a cause of the record, and withdraws it where that is the outcome.
Outcome<void> ObjectionService::change_record(Open& open, RecordCause cause, bool opens,
                                              bool withdraws) const {
    auto record = RecordCase::lock(
        open.db, parts_.vault,
        {.record = open.row.record, .why = why_of(open.row.id), .actor = open.who.account, .now = open.now});
    if (!record) return record.error();
    // Whoever withdrew the record by other means ended no cause of it; there is nothing to be marked any
    // more.
    if (record->causes().has(RecordCause::withdrawal)) return {};
    Outcome<void> changed;
    if (opens)
        changed = record->open(cause);
    else if (record->causes().has(cause))  // an operator may have ended it (`sponsio record status`)
        changed = record->end(cause);
    if (changed && withdraws) changed = record->open(RecordCause::withdrawal);
    if (!changed) return changed;
    record->save();
    return {};
}

Outcome<void> ObjectionService::take_effect(Open& open, domain::ObjectionProposal const& proposal) {
    using enum ObjectionOutcome;
    bool const withdraws =
        proposal.outcome == correct || proposal.outcome == erase || proposal.outcome == end;
    if (auto changed = change_record(open, RecordCause::objection, false, withdraws); !changed)
        return changed;
    std::string const& number = open.row.number.value();
    FollowUp told{.record = open.row.record,
                  .op = withdraws ? domain::ReportOp::withdraw : domain::ReportOp::change,
                  .why = number,
                  .by = open.who.account,
                  .remarks = proposal.supplement};
    if (proposal.outcome == keep) return {};
    if (withdraws) {
        auto const ended = end_publicity_of(open.db, open.row.record,
                                            {.why = domain::PublicityEnd::record_ended,
                                             .by = number,
                                             .actor = open.who.account,
                                             .now = open.now});
        if (!ended) return ended.error();
    }
    if (proposal.outcome == correct) {
        auto const finding = store::finding_of_record(open.db, open.row.record);
        if (!finding) return internal("finding of a record");
        correct_record(open.db, parts_.vault, *finding, open.row.id.raw(), number,
                       proposal.correction.value(), open.now);
        auto superseded = supersede_record(open.db, open.row.record, *finding, open.who.account,
                                           why_of(open.row.id), open.now);
        if (!superseded) return superseded;
    }
    return parts_.reports.follow(open.db, told, open.now);
}

Async<Json> ObjectionService::extend(Caller<Official> const& caller, ObjectionId id,
                                     domain::StepReason reason) {
    return on_objection(caller, id, [this, reason = std::move(reason)](Open& open) -> Outcome<void> {
        auto const by = CountedBy::at(open.db, open.row.organisation, parts_.rules, parts_.calendar);
        if (!by) return by.error();
        auto const rule =
            parts_.rules.clock_if(domain::rule::objection_extension, by->region, china_date(open.now));
        auto moved = advance(open, ObjectionEvent::extend, JsonObject{{"why", reason.why}}, {},
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

Async<Json> ObjectionService::withdraw(Caller<Official> const& caller, ObjectionId id,
                                       domain::PartyStep step) {
    return on_objection(caller, id, [this, step = std::move(step)](Open& open) -> Outcome<void> {
        Json const said = JsonObject{{"why", step.why}, {"evidence_id", step.paper.text()}};
        if (auto moved = advance(open, ObjectionEvent::withdraw, said); !moved) return moved;
        auto paper = check_case_file(open.db, open.row.id.raw(), "/evidence_id", step.paper);
        if (!paper) return paper;
        return change_record(open, RecordCause::objection, false, false);
    });
}

Async<Json> ObjectionService::seek_review(Caller<Official> const& caller, ObjectionId id,
                                          domain::PartyStep step) {
    return on_objection(caller, id, [this, step = std::move(step)](Open& open) -> Outcome<void> {
        Json const said = JsonObject{{"why", step.why}, {"evidence_id", step.paper.text()}};
        if (auto moved = advance(open, ObjectionEvent::seek_review, said); !moved) return moved;
        auto paper = check_case_file(open.db, open.row.id.raw(), "/evidence_id", step.paper);
        if (!paper) return paper;
        return change_record(open, RecordCause::objection, true, false);
    });
}

Async<Json> ObjectionService::end_review(Caller<Official> const& caller, ObjectionId id,
                                         domain::ReviewResult result) {
    return on_objection(caller, id, [this, result = std::move(result)](Open& open) -> Outcome<void> {
        Json const said =
            JsonObject{{"authority", result.authority}, {"number", result.number}, {"upheld", result.upheld}};
        auto const event = result.upheld ? ObjectionEvent::uphold_review : ObjectionEvent::overturn_review;
        if (auto moved = advance(open, event, said, result.number); !moved) return moved;
        if (result.upheld) return change_record(open, RecordCause::objection, false, false);
        // The unit looks into it again, and its period begins again.
        auto const by = CountedBy::at(open.db, open.row.organisation, parts_.rules, parts_.calendar);
        if (!by) return by.error();
        auto const clock = by->from(domain::rule::objection_provider, open.now);
        if (!clock) return clock.error();
        open.row.due_at = clock->due;
        open.row.rule = clock->rule;
        open.row.outcome.reset();
        open.row.proposed_by.reset();
        open.row.decided_by.reset();
        open.row.decided_at.reset();
        open.row.number.reset();
        open.row.extended_by.reset();
        return {};
    });
}

}  // namespace sponsio::service
