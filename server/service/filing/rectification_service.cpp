#include "server/service/filing/rectification_service.hpp"

#include "server/db/error.hpp"
#include "server/domain/second_person.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/events.hpp"

namespace sponsio::service {
namespace {

using domain::CommitmentState;
using domain::Json;

/// Only a doubtful commitment can be rectified, and only while no finding about it is alive.
Outcome<void> open_to_rectification(db::PgSession& db, store::CommitmentRow const& row) {
    if (row.state != CommitmentState::in_question)
        return fault(problem::wrong_step, "Nothing about this commitment is in question.",
                     "该承诺目前没有存疑事项。");
    if (store::has_live_finding(db, row.code))
        return fault(problem::conflict,
                     "A finding about this commitment is under way; it settles the question.",
                     "该承诺已有认定程序在办，由认定结论处理。");
    return {};
}

/// An event in the commitment's history that does not change its state.
store::Event note(store::CommitmentRow const& row, std::string event, AccountId actor, Instant now) {
    std::string const state(domain::word(row.state));
    return {.shard = row.shard,
            .at = now,
            .lifecycle = std::string(domain::commitment_lifecycle.name),
            .subject = row.code,
            .from = state,
            .event = std::move(event),
            .to = state,
            .actor = actor,
            .why = {},
            .rule = {}};
}

RequestLabels labels_of(std::string const& code) {
    return {"rectification.content:" + code, "rectification.decision:" + code};
}

Fault waiting_already() {
    return fault(problem::conflict, "A rectification of this commitment waits for its confirmation already.",
                 "该承诺已有整改情况待复核确认。");
}

}  // namespace

/// The commitment, if the caller's unit verifies it.
Outcome<store::CommitmentRow> RectificationService::of_unit(db::PgSession& db,
                                                            std::optional<store::CommitmentRow> row,
                                                            domain::Official const& who) const {
    if (!row ||
        ground_.matters.find(db, row->matter, row->matter_version)->verifying_unit != who.organisation)
        return fault(problem::not_found);
    return std::move(*row);
}

Outcome<Json> RectificationService::view(db::PgSession& db, store::RectificationRow const& row) const {
    RequestLabels const labels = labels_of(row.commitment_code);
    auto json = ground_.vault.open_json(row.why, labels.why);
    if (!json) return json.error();
    domain::JsonObject& fields = json->as_object();
    fields.set("commitment_code", row.commitment_code);
    fields.set("outcome", domain::word(row.outcome));
    fields.set("recorded_by", row.asked_by.text());
    fields.set("recorded_at", to_rfc3339(row.asked_at));
    fields.set("decision", Json());
    if (row.decision) {
        auto opinion = ground_.vault.open(row.decision->why, labels.decision);
        if (!opinion) return opinion.error();
        fields.set("decision", domain::JsonObject{{"confirmed", row.confirmed},
                                                  {"opinion", std::move(*opinion)},
                                                  {"decided_by", row.decision->by.text()},
                                                  {"decided_at", to_rfc3339(row.decision->at)}});
    }
    name_people(db, *json);
    return std::move(*json);
}

Outcome<Made> RectificationService::make(db::PgSession& db, domain::Official const& who,
                                         std::string const& code,
                                         domain::RectificationDraft const& draft) const {
    auto const commitment = of_unit(db, store::lock_commitment(db, code), who);
    if (!commitment) return commitment.error();
    if (auto open = open_to_rectification(db, *commitment); !open) return open.error();
    auto const before = store::newest_rectification(db, code);
    if (before && !before->decision) return waiting_already();
    Instant const now = ground_.clock.now();
    std::string const content = json::canonical(draft.to_json());
    store::RectificationRow const row{
        request_of(std::int64_t{}, {ground_.vault, content, labels_of(code)}, who.account, now), code,
        draft.outcome};
    store::insert(db, row);
    store::append(db, note(*commitment, "rectification_recorded", who.account, now));
    auto answer = view(db, row);
    if (!answer) return answer.error();
    return Made{"/v1/commitments/" + code + "/rectification", std::move(*answer)};
}

Async<Created> RectificationService::record(Caller<Official> caller, RequestOnce once, std::string code,
                                            domain::RectificationDraft draft) {
    return ground_.db.run(caller.deadline, [this, caller, once, code, draft](db::PgSession& session) {
        return create_once(session, ground_.vault, *caller.who, once, ground_.clock.now(),
                           [&](db::PgSession& db) { return make(db, *caller.who, code, draft); });
    });
}

Outcome<Json> RectificationService::settle(db::PgSession& db, domain::Official const& who,
                                           std::string const& code,
                                           domain::RectificationDecision const& decision) const {
    auto const commitment = of_unit(db, store::lock_commitment(db, code), who);
    if (!commitment) return commitment.error();
    auto row = store::newest_rectification(db, code);
    if (!row || row->decision)
        return fault(problem::wrong_step, "No rectification of this commitment waits for a confirmation.",
                     "该承诺没有待复核确认的整改情况。");
    Persons const persons(db, {who.account, row->asked_by});
    auto const other = domain::second_person(persons.of(who.account), persons.of(row->asked_by),
                                             "Who recorded a rectification cannot confirm it.",
                                             "记录整改情况的人员不得复核确认。");
    if (!other) return other.error();
    Instant const now = ground_.clock.now();
    if (decision.confirmed) {
        if (auto open = open_to_rectification(db, *commitment); !open) return open.error();
        auto const to = step(db, domain::commitment_lifecycle, commitment->state,
                             domain::commitment_event_of(row->outcome), domain::NoFacts{},
                             {.subject = code, .actor = who.account, .now = now, .shard = commitment->shard});
        if (!to) return to.error();
        store::set_commitment_state(db, code, commitment->shard, commitment->state, *to);
    } else {
        store::append(db, note(*commitment, "rectification_rejected", who.account, now));
    }
    row->confirmed = decision.confirmed;
    row->decision = decision_of({ground_.vault, decision.opinion, labels_of(code)}, who.account, now);
    store::decide(db, *row);
    return view(db, *row);
}

Async<Json> RectificationService::decide(Caller<Official> caller, std::string code,
                                         domain::RectificationDecision decision) {
    return ground_.db.run(caller.deadline, [this, caller, code, decision](db::PgSession& session) {
        return in_transaction(session, caller,
                              [&](db::PgSession& db) { return settle(db, *caller.who, code, decision); });
    });
}

Async<Json> RectificationService::newest(Caller<Official> caller, std::string code) {
    return ground_.db.run(caller.deadline, [this, caller, code](db::PgSession& db) -> Outcome<Json> {
        auto const commitment = of_unit(db, store::commitment_by_code(db, code), *caller.who);
        if (!commitment) return commitment.error();
        auto const row = store::newest_rectification(db, code);
        if (!row) return fault(problem::not_found);
        return view(db, *row);
    });
}

}  // namespace sponsio::service
