#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/service/findings/papers.hpp"
#include "server/service/listings/service.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/commitments.hpp"
#include "server/store/inspectors.hpp"
#include "server/store/records.hpp"

#include <algorithm>

/// The steps of a case of the serious list from the check of its basis on (docs/law.md H).
namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::ListingEvent;
using domain::ListingState;
using store::DocumentKind;

constexpr Reason nothing_to_answer{"not_allowed_here", "must be absent: there is no statement to answer",
                                   "当事人未作陈述、申辩，此处不应填写"};

ListingEvent event_of(domain::ListingStatementKind kind) {
    switch (kind) {
        case domain::ListingStatementKind::statement: return ListingEvent::defend;
        case domain::ListingStatementKind::waiver: return ListingEvent::waive;
        case domain::ListingStatementKind::hearing_request: return ListingEvent::request_hearing;
        case domain::ListingStatementKind::hearing_withdrawal: break;
    }
    return ListingEvent::withdraw_hearing;
}

/// Whether the newest paper of that kind waits for its service.
bool waits(std::vector<store::ServedDocument> const& papers, DocumentKind kind) {
    auto const newest = std::find_if(papers.rbegin(), papers.rend(),
                                     [&](auto const& one) { return one.document.kind == kind; });
    return newest != papers.rend() && !newest->service;
}

}  // namespace

Outcome<CountedBy> ListingService::counted_by(Open const& open) const {
    return CountedBy::at(open.db, open.row.organisation, parts_.rules, parts_.calendar);
}

/// A listing brings measures, so there is a right to a hearing where the place has one for those.
Outcome<bool> ListingService::gives_hearing(CountedBy const& by, Date today) const {
    auto const grave = parts_.rules.list(domain::rule::hearing_for, by.region, today);
    if (!grave) return grave.error();
    return std::ranges::find(*grave, domain::word(domain::Measure::measures)) != grave->end();
}

Async<Json> ListingService::on_listing(Caller<Official> const& caller, ListingId id,
                                       std::function<Outcome<void>(Open&)> act) {
    return parts_.db.run(caller.deadline,
                         [this, caller, id, act = std::move(act)](db::PgSession& session) -> Outcome<Json> {
                             return act_on_own(
                                 session, caller, parts_.clock.now(),
                                 [&](db::PgSession& db) { return store::lock_listing(db, id); }, act,
                                 [&](Open const& open) { return view(open.db, open.row); });
                         });
}

Outcome<domain::ListingFacts> ListingService::facts(Open const& open) const {
    auto const finding_id = store::finding_of_record(open.db, open.row.record);
    auto const finding = finding_id ? store::finding_by_id(open.db, *finding_id) : std::nullopt;
    if (!finding) return internal("finding of a record");
    auto const papers = store::served_about(open.db, open.row.id.raw());
    std::vector<AccountId> investigated{finding->drafted_by}, served;
    for (auto const& one : store::inspectors_of(open.db, finding->task))
        if (one.sits() || one.signed_off_at) investigated.push_back(one.account);
    if (auto const promise = store::commitment_by_code(open.db, finding->commitment_code))
        investigated.push_back(promise->filed_by);
    for (auto const& paper : papers)
        if (paper.service) served.push_back(paper.service->recorded_by);
    std::vector<AccountId> everybody{open.who.account, open.row.proposed_by};
    for (auto const& one : {open.row.checked_by, open.row.decided_by, open.row.hearing_chair})
        if (one) everybody.push_back(*one);
    for (auto const* list : {&investigated, &served})
        everybody.insert(everybody.end(), list->begin(), list->end());
    Persons const persons(open.db, everybody);
    auto const by = counted_by(open);
    if (!by) return by.error();
    auto const hearing = gives_hearing(*by, china_date(open.now));
    if (!hearing) return hearing.error();
    return domain::ListingFacts{.actor = persons.of(open.who.account),
                                .known = persons.known(open.who.account),
                                .proposed_by = persons.of(open.row.proposed_by),
                                .checked_by = persons.of(open.row.checked_by),
                                .decided_by = persons.of(open.row.decided_by),
                                .investigated = persons.of(investigated),
                                .served_by = persons.of(served),
                                .now = open.now,
                                .notice_to_serve = waits(papers, DocumentKind::listing_notice),
                                .call_to_serve = waits(papers, DocumentKind::listing_hearing_notice),
                                .defence_until = open.row.defence_until,
                                .may_be_heard = *hearing,
                                .hearing_until = open.row.hearing_until,
                                .chair = persons.of(open.row.hearing_chair),
                                .hearing_at = open.row.hearing_at};
}

/// A refusal of what comes too early or too late names the rule of its period.
Outcome<void> ListingService::advance(Open& open, ListingEvent event, Json const& said,
                                      std::optional<std::string> why, std::optional<std::string> rule) const {
    auto known = facts(open);
    if (!known) return known.error();
    auto moved = service::advance(open, parts_.vault, domain::listing_lifecycle, *known,
                                  {event, said, std::move(why), std::move(rule)});
    if (moved) return moved;
    Problem const* const kind = moved.error().problem;
    if (kind != &problem::too_early && kind != &problem::too_late) return moved;
    auto const by = counted_by(open);
    if (!by) return by.error();
    Date const today = china_date(open.now);
    if (event == ListingEvent::request_hearing)
        return by_rule(moved.error(), by->rules, domain::rule::hearing_request, by->region, today);
    if (event == ListingEvent::hold_hearing) return moved;
    return by_rule(moved.error(), by->rules, domain::rule::defence, by->region, today);
}

Async<Json> ListingService::check(Caller<Official> const& caller, ListingId id, domain::BasisCheck check) {
    return on_listing(caller, id, [this, c = std::move(check)](Open& open) -> Outcome<void> {
        auto const event = c.confirmed ? ListingEvent::confirm_basis : ListingEvent::refuse_basis;
        if (auto moved = advance(open, event, JsonObject{{"opinion", c.opinion}}); !moved) return moved;
        open.row.checked_by = open.who.account;
        return {};
    });
}

Async<Json> ListingService::notify(Caller<Official> const& caller, ListingId id, domain::PriorNotice notice) {
    return on_listing(caller, id, [this, n = std::move(notice)](Open& open) -> Outcome<void> {
        Json const said = JsonObject{{"place", n.place}, {"contact", n.contact}};
        auto const by = counted_by(open);
        if (!by) return by.error();
        Date const today = china_date(open.now);
        auto const hearing = gives_hearing(*by, today);
        if (!hearing) return hearing.error();
        if (auto moved = advance(open, ListingEvent::compose_notice, said, n.number); !moved) return moved;
        auto const day = service_day(n.serve_by, today);
        if (!day) return day.error();
        auto const periods = PeriodSetter(parts_.rules, parts_.calendar, by->region)
                                 .defence({*day, domain::ServiceMethod::in_person}, *hearing);
        if (!periods) return periods.error();
        auto const about = text(open, n.number);
        if (!about) return about.error();
        std::optional<domain::StatedPeriod> to_be_heard;
        if (*hearing) to_be_heard = stated(periods->list.front(), *day);
        auto const paper = make_paper(
            open, DocumentKind::listing_notice, n.number,
            domain::compose_listing_notice(*about, n, stated(periods->list.back(), *day), to_be_heard));
        if (!paper) return paper.error();
        keep_stated(open.db, *paper, *periods, *day);
        return {};
    });
}

Async<Json> ListingService::state(Caller<Official> const& caller, ListingId id,
                                  domain::ListingStatement said) {
    return on_listing(caller, id, [this, s = std::move(said)](Open& open) -> Outcome<void> {
        Json const what = JsonObject{{"text", s.text}, {"evidence_id", s.paper.text()}};
        if (auto moved = advance(open, event_of(s.kind), what); !moved) return moved;
        return check_case_file(open.db, open.row.id.raw(), "/evidence_id", s.paper);
    });
}

/// What the party said, in writing and in the hearing, is answered; what nobody said is not.
Outcome<void> ListingService::check_answers(Open const& open, domain::ListingDecision const& decision) const {
    auto const fits = [](char const* pointer, bool said, std::string const& answer) -> Outcome<void> {
        if (said && answer.empty()) return bad_field(pointer, reason::required, form::text);
        if (!said && !answer.empty()) return bad_field(pointer, nothing_to_answer);
        return {};
    };
    auto const steps = store::case_steps(open.db, open.row.id.raw());
    bool const defended =
        std::ranges::find(steps, domain::word(ListingEvent::defend), &store::CaseStep::step) != steps.end();
    if (auto defence = fits("/defence_answer", defended, decision.defence_answer); !defence) return defence;
    return fits("/hearing_answer", open.row.state == ListingState::heard, decision.hearing_answer);
}

Async<Json> ListingService::decide(Caller<Official> const& caller, ListingId id,
                                   domain::ListingDecision decision) {
    return on_listing(caller, id, [this, d = std::move(decision)](Open& open) -> Outcome<void> {
        auto answered = check_answers(open, d);
        Json const said = JsonObject{{"reasons", d.reasons},
                                     {"defence_answer", d.defence_answer},
                                     {"hearing_answer", d.hearing_answer}};
        auto const event = d.listed ? ListingEvent::decide : ListingEvent::dismiss;
        if (auto moved = advance(open, event, said, d.number); !moved) return moved;
        if (!answered) return answered;
        open.row.decided_by = open.who.account;
        open.row.decided_at = open.now;
        open.row.number = d.number;
        auto const about = text(open, d.number);
        if (!about) return about.error();
        if (!d.listed) {
            auto const paper = make_paper(open, DocumentKind::listing_dismissal, d.number,
                                          domain::compose_listing_dismissal(*about, d));
            if (!paper) return paper.error();
            return {};
        }
        return compose_decision(open, d, *about);
    });
}

/// The decision with the end of the listing, which counts from it as publicity does, and the remedies.
Outcome<void> ListingService::compose_decision(Open& open, domain::ListingDecision const& decision,
                                               domain::ListingText const& about) const {
    auto const by = counted_by(open);
    if (!by) return by.error();
    Date const today = china_date(open.now);
    auto const ends = by->from(domain::rule::serious_max, today);
    if (!ends) return ends.error();
    if (!ends->due) return fault(problem::calendar_unknown);
    open.row.ends_at = ends->due;
    open.row.rule = ends->rule;
    auto const day = service_day(decision.serve_by, today);
    if (!day) return day.error();
    auto const periods = PeriodSetter(parts_.rules, parts_.calendar, by->region)
                             .remedies({*day, domain::ServiceMethod::in_person}, today);
    if (!periods) return periods.error();
    auto const paper = make_paper(
        open, DocumentKind::listing_decision, decision.number,
        domain::compose_listing_decision(about, decision, last_day(*ends->due),
                                         {stated(periods->list[0], *day), stated(periods->list[1], *day),
                                          decision.reconsideration_body, decision.court}));
    if (!paper) return paper.error();
    keep_stated(open.db, *paper, *periods, *day);
    return {};
}

Async<Json> ListingService::revoke(Caller<Official> const& caller, ListingId id,
                                   domain::ListingRevocation why) {
    return on_listing(caller, id, [this, w = std::move(why)](Open& open) -> Outcome<void> {
        if (auto moved = advance(open, ListingEvent::revoke, JsonObject{{"why", w.why}}, w.number); !moved)
            return moved;
        open.row.ended_at = open.now;
        open.row.ended_why = domain::ListingEnd::revoke;
        auto const about = text(open, w.number);
        if (!about) return about.error();
        auto const paper = make_paper(open, DocumentKind::listing_removal, w.number,
                                      domain::compose_listing_removal(*about, w));
        if (!paper) return paper.error();
        return tell_platform(open.db, open.row, open.who.account, open.now,
                             "移出严重失信主体名单，决定书文号 " + w.number);
    });
}

}  // namespace sponsio::service
