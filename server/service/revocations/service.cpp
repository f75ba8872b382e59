#include "server/service/revocations/service.hpp"

#include "server/base/form.hpp"
#include "server/domain/second_person.hpp"
#include "server/service/publicity/entries.hpp"
#include "server/service/records/case.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/query_trail.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/evidence.hpp"
#include "server/store/records.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Holding;
using domain::Json;
using domain::JsonObject;
using domain::RevocationEvent;

constexpr Reason before_effect{"before_decision", "lies before the finding was decided",
                               "早于认定决定作出之日"};

RequestLabels labels_of(RevocationId id) {
    return {"revocation.why:" + id.text(), "revocation.decision:" + id.text()};
}

Outcome<Json> view_of(db::PgSession& db, Vault const& vault, store::RevocationRow const& row) {
    RequestLabels const labels = labels_of(row.id);
    auto why = vault.open(row.why, labels.why);
    if (!why) return why.error();
    Json decision;
    if (row.decision) {
        auto said = vault.open(row.decision->why, labels.decision);
        if (!said) return said.error();
        decision = JsonObject{{"by", row.decision->by.text()},
                              {"at", to_rfc3339(row.decision->at)},
                              {"opinion", std::move(*said)}};
    }
    Json view = JsonObject{{"revocation_id", row.id.text()},
                           {"finding_id", row.finding.text()},
                           {"state", domain::word(row.state)},
                           {"ground", domain::word(row.ground)},
                           {"number", row.number},
                           {"decided_on", to_iso(row.decided_on)},
                           {"evidence_id", row.evidence.text()},
                           {"due_at", row.due_at ? Json(to_rfc3339(*row.due_at)) : Json()},
                           {"rule", row.rule},
                           {"why", std::move(*why)},
                           {"requested_by", row.asked_by.text()},
                           {"requested_at", to_rfc3339(row.asked_at)},
                           {"decision", std::move(decision)}};
    name_people(db, view);
    return view;
}

/// The day of the decision that is to fall; nothing before there was one.
std::optional<Date> decided_on(db::PgSession& db, FindingId id) {
    std::optional<Date> day;
    for (auto const& paper : store::documents_of(db, id))
        if (paper.document.kind == store::DocumentKind::decision) day = china_date(paper.document.made_at);
    return day;
}

Outcome<void> check_paper(db::PgSession& db, FindingId id, domain::RevocationDraft const& draft,
                          Instant now) {
    if (draft.decided_on > china_date(now)) return bad_field("/decided_on", reason::in_future);
    if (draft.decided_on < decided_on(db, id)) return bad_field("/decided_on", before_effect);
    auto const files = store::evidence_of(db, id);
    if (std::ranges::find(files, draft.evidence, &store::EvidenceRow::id) == files.end())
        return bad_field("/evidence_id", reason::no_such_thing, form::known_thing);
    return {};
}

}  // namespace

Async<Json> RevocationService::ask(Caller<Official> const& caller, FindingId id,
                                   domain::RevocationDraft draft) {
    Ground const& ground = parts_.findings;
    return ground.db.run(
        caller.deadline,
        [&ground, caller, id, draft = std::move(draft)](db::PgSession& session) -> Outcome<Json> {
            return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
                auto const finding = store::lock_finding(db, id);
                if (!finding || finding->organisation != caller.who->organisation)
                    return fault(problem::not_found);
                Instant const now = ground.clock.now();
                if (finding->state != domain::FindingState::effective)
                    return domain::wrong_step(domain::finding_lifecycle.name, domain::word(finding->state),
                                              domain::word(domain::FindingEvent::revoke),
                                              domain::finding_lifecycle.possible_from(finding->state));
                if (!Persons(db, {caller.who->account}).known(caller.who->account))
                    return domain::unknown_person();
                if (auto paper = check_paper(db, id, draft, now); !paper) return paper.error();
                auto const by = CountedBy::at(db, finding->organisation, ground.rules, ground.calendar);
                if (!by) return by.error();
                auto const clock = by->from(domain::rule::withdrawn_report, draft.decided_on);
                if (!clock) return clock.error();
                auto const request = new_id<RevocationId>(now);
                store::RevocationRow const row{
                    request_of(request, {ground.vault, draft.why, labels_of(request)}, caller.who->account,
                               now),
                    id,
                    finding->organisation,
                    draft.ground,
                    draft.number,
                    draft.decided_on,
                    draft.evidence,
                    clock->due,
                    clock->rule};
                auto const asked = service::ask(
                    db, domain::revocation_lifecycle, row,
                    fault(problem::conflict, "A request to revoke this finding waits for its decision.",
                          "该认定的撤销申请正在等待决定。"),
                    {.subject = id.text(),
                     .actor = caller.who->account,
                     .now = now,
                     .why = draft.number,
                     .rule = clock->rule});
                if (!asked) return asked.error();
                return view_of(db, ground.vault, row);
            });
        });
}

Async<Json> RevocationService::decide(Caller<Official> const& caller, FindingId id,
                                      domain::RevocationDecision decision) {
    Ground const& ground = parts_.findings;
    return ground.db.run(
        caller.deadline,
        [this, &ground, caller, id, decision = std::move(decision)](db::PgSession& session) -> Outcome<Json> {
            auto done = in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
                auto const finding = store::lock_finding(db, id);
                if (!finding || finding->organisation != caller.who->organisation)
                    return fault(problem::not_found);
                auto row = store::lock_waiting_revocation(db, id);
                if (!row)
                    return fault(problem::wrong_step,
                                 "No request to revoke this finding waits for a decision.",
                                 "该认定没有等待决定的撤销申请。");
                Instant const now = ground.clock.now();
                Persons const persons(db, {caller.who->account, row->asked_by});
                domain::RevocationFacts const facts{
                    .actor = persons.of(caller.who->account),
                    .known = persons.known(caller.who->account),
                    .requested_by = persons.of(row->asked_by),
                    .effective = finding->state == domain::FindingState::effective};
                auto const event = decision.revoked ? RevocationEvent::revoke : RevocationEvent::refuse;
                auto const decided = service::decide(
                    db, domain::revocation_lifecycle, *row, event, facts,
                    {ground.vault, decision.opinion, labels_of(row->id)},
                    {.subject = id.text(), .actor = caller.who->account, .now = now, .why = row->number});
                if (!decided) return decided.error();
                if (decision.revoked)
                    if (auto undone = undo(db, *row, *caller.who, now); !undone) return undone.error();
                return view_of(db, ground.vault, *row);
            });
            if (done && parts_.leaves_waiting) parts_.leaves_waiting();
            return done;
        });
}

Async<Json> RevocationService::newest(Caller<Official> const& caller, FindingId id) {
    Ground const& ground = parts_.findings;
    return ground.db.run(caller.deadline, [&ground, caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const finding = store::finding_by_id(db, id);
        if (!finding || !is_own_case(*caller.who, finding->organisation)) return fault(problem::not_found);
        auto const row = store::newest_revocation(db, id);
        if (!row) return fault(problem::not_found);
        note_case(db, caller, {finding->commitment_code}, {"statements"}, ground.clock.now());
        return view_of(db, ground.vault, *row);
    });
}

/// All that followed from the finding, in the transaction in which it falls.
Outcome<void> RevocationService::undo(db::PgSession& db, store::RevocationRow const& row,
                                      domain::Official const& who, Instant now) const {
    FindingCase one(db, parts_.findings, store::lock_finding(db, row.finding).value(), &who, now);
    if (auto fallen = one.revoke(row.number); !fallen) return fallen;
    // Whoever signs a draft moves it to `issued` in the transaction that stores the record, so a draft that
    // is locked here is either dropped or has its record, which is looked for afterwards.
    if (auto dropped = drop_drafts(db, row, who, now); !dropped) return dropped;
    return withdraw_record(db, row, who, now);
}

Outcome<void> RevocationService::drop_drafts(db::PgSession& db, store::RevocationRow const& row,
                                             domain::Official const& who, Instant now) {
    for (RecordId const& draft : store::lock_live_drafts(db, row.finding)) {
        auto const to = step(db, domain::draft_lifecycle, domain::DraftState::drafted,
                             domain::DraftEvent::supersede, domain::NoFacts{},
                             {.subject = draft.text(), .actor = who.account, .now = now, .why = row.number});
        if (!to) return to.error();
        store::set_states(db, std::span(&draft, 1), *to);
    }
    return {};
}

Outcome<void> RevocationService::withdraw_record(db::PgSession& db, store::RevocationRow const& row,
                                                 domain::Official const& who, Instant now) const {
    auto const issued = store::record_of_finding(db, row.finding);
    if (!issued) return {};
    auto record = RecordCase::lock(
        db, parts_.findings.vault,
        {.record = *issued, .why = "revocation " + row.id.text(), .actor = who.account, .now = now});
    if (!record) return record.error();
    if (record->causes().has(domain::RecordCause::withdrawal)) return {};  // by an objection before
    if (auto withdrawn = record->open(domain::RecordCause::withdrawal); !withdrawn) return withdrawn;
    record->save();
    auto const ended = end_publicity_of(
        db, *issued,
        {.why = domain::PublicityEnd::record_ended, .by = row.number, .actor = who.account, .now = now});
    if (!ended) return ended.error();
    return parts_.reports.follow(
        db, {.record = *issued, .op = domain::ReportOp::withdraw, .why = row.number, .by = who.account}, now);
}

}  // namespace sponsio::service
