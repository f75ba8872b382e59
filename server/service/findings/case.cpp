#include "server/service/findings/case.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/service/findings/papers.hpp"
#include "server/service/findings/proof.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/case_window.hpp"
#include "server/store/evidence.hpp"
#include "server/store/inspectors.hpp"
#include "server/store/persons.hpp"

#include <algorithm>
#include <array>
#include <ranges>

namespace sponsio::service {
namespace {

using domain::CommitmentEvent;
using domain::FindingEvent;
using domain::FindingState;
using domain::PeriodUnit;
using store::DocumentKind;

constexpr Reason before_last_step{"before_last_step", "lies before the step that comes before it",
                                  "早于上一环节"};
constexpr Reason heavier{"heavier", "is graver than what the prior notice proposed",
                         "重于事先告知书拟作出的认定"};
constexpr std::string_view defence_step = "defence";
constexpr Reason nothing_to_answer{"not_allowed_here", "must be absent: there is no statement to answer",
                                   "当事人未作陈述、申辩，此处不应填写"};

std::string_view clock_of(Remedy::Kind kind) {
    return (kind == Remedy::Kind::reconsideration ? domain::rule::reconsideration : domain::rule::litigation)
        .text;
}

/// A label's end: nothing for the first version, so that what was sealed before versions opens.
std::string of_version(std::int32_t version) {
    return version == 1 ? "" : ":" + std::to_string(version);
}

/// Whether a period is one in which such a remedy may be sought: its own, or that after an outcome, in which
/// only the courts are left (Administrative Litigation Law art. 45).
bool serves(std::string_view clock, Remedy::Kind kind) {
    if (clock == clock_of(kind)) return true;
    return kind == Remedy::Kind::litigation && (clock.starts_with(domain::rule::further_remedy.text) ||
                                                clock.starts_with(domain::rule::unanswered.text));
}

/// The clock of the period that a step is too early or too late for.
std::string_view clock_of(FindingEvent event) {
    if (event == FindingEvent::find_uncorrected) return domain::rule::rectify.text;
    if (event == FindingEvent::request_hearing) return domain::rule::hearing_request.text;
    return domain::rule::defence.text;
}

/// The last day of the remedy; nothing while no calendar covers it.
std::optional<Date> last_day_of(db::PgSession& db, FindingId id, Remedy::Kind kind) {
    for (auto const& clock : store::open_clocks_of(db, id))
        if (serves(clock.clock, kind)) return std::nullopt;
    std::optional<Date> last;
    for (auto const& clock : store::clocks_of(db, id))
        if (serves(clock.clock, kind)) last = std::max(last, std::optional(clock.due_on));
    return last;
}

std::string clock_ending_on(db::PgSession& db, FindingId id, Date day) {
    for (auto const& clock : store::clocks_of(db, id))
        if (clock.due_on == day) return clock.clock;
    return {};
}

}  // namespace

Remedy Remedy::read(domain::Fields& fields) {
    return {fields.choice<Kind>("kind"), fields.date("filed_on")};
}

RemedyOutcome RemedyOutcome::read(domain::Fields& fields) {
    return {fields.choice<Kind>("outcome")};
}

std::string draft_label(FindingId id, std::int32_t version) {
    return "finding.draft:" + id.text() + of_version(version);
}

std::string statement_label(FindingId id, std::string_view step, std::int32_t version) {
    return "finding_statement.content:" + id.text() + ":" + std::string(step) + of_version(version);
}

std::string document_label(DocumentId id) {
    return "document.content:" + id.text();
}

std::string receipt_label(DocumentId id) {
    return "service_of_document.receipt:" + id.text();
}

RequestLabels labels_of(LateServiceId id) {
    return {"late_service.why:" + id.text(), "late_service.decision:" + id.text()};
}

Outcome<void> check_evidence(db::PgSession& db, domain::FindingDraft const& draft) {
    auto pieces = store::evidence_of(db, draft.task);
    std::erase_if(pieces, [](store::EvidenceRow const& piece) { return piece.excluded.has_value(); });
    std::vector<FieldError> errors;
    for (std::size_t i = 0; i != draft.evidence.size(); ++i) {
        auto const is_this = [&](EvidenceId const& id) { return id == draft.evidence[i]; };
        std::string const pointer = "/evidence_ids/" + std::to_string(i);
        if (std::ranges::none_of(pieces, is_this, &store::EvidenceRow::id))
            errors.push_back({pointer, &reason::no_such_thing, {.form = &form::known_thing}});
        else if (std::any_of(draft.evidence.begin(), draft.evidence.begin() + static_cast<std::ptrdiff_t>(i),
                             is_this))
            errors.push_back({pointer, &reason::listed_twice});
    }
    if (errors.empty()) return {};
    return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
}

// ------------------------------------------------------------------------------------------------ the steps
Outcome<void> FindingCase::review(domain::Review const& review) {
    switch (review.outcome) {
        case domain::ReviewOutcome::returned:
            if (auto moved = advance(FindingEvent::return_draft); !moved) return moved;
            // The finding has no reviewer before one confirmed or dismissed it.
            say(return_step, review.opinion);
            return {};
        case domain::ReviewOutcome::dismissed:
            if (auto moved = advance(FindingEvent::dismiss_draft, review.number); !moved) return moved;
            row_.reviewed_by = actor();
            say("dismissal", review.opinion);
            return make_dismissal({false, review.number, review.opinion, {}}, false);
        case domain::ReviewOutcome::confirmed: break;
    }
    if (auto moved = advance(FindingEvent::confirm); !moved) return moved;
    row_.reviewed_by = actor();
    say("review", review.opinion);
    return {};
}

Outcome<void> FindingCase::amend(domain::FindingDraft draft) {
    if (auto moved = advance(FindingEvent::amend, "version " + std::to_string(row_.version + 1)); !moved)
        return moved;
    draft.task = row_.task;
    if (auto evidence = check_evidence(db_, draft); !evidence) return evidence;
    auto const road = road_of(draft.kind);
    if (!road) return road.error();
    if (auto fits = check_measures(*road, draft.circumstances); !fits) return fits;
    row_.version += 1;
    row_.kind = draft.kind;
    row_.culpability = draft.culpability;
    row_.severity = draft.severity;
    row_.draft = parts_.vault.seal(json::canonical(draft.sealed_part()), draft_label(row_.id, row_.version));
    row_.drafted_by = who_->account;
    row_.drafted_at = now_;
    store::amend(db_, row_, draft.evidence);
    return {};
}

Outcome<void> FindingCase::compose_prior_notice(domain::PriorNotice const& notice) {
    if (auto next = would_become(FindingEvent::compose_prior_notice); !next) return next.error();
    if (auto first = order_comes_first(); !first) return first;
    if (auto free = no_late_service_waits(); !free) return free;
    auto const day = serve_by(notice.serve_by);
    if (!day) return day.error();
    auto const hearing = gives_hearing();
    if (!hearing) return hearing.error();
    auto const periods = setter().defence({*day, domain::ServiceMethod::in_person}, *hearing);
    if (!periods) return periods.error();
    auto const text = case_text(notice.number);
    if (!text) return text.error();
    domain::CaseDoor const door{parts_.window, domain::case_code_of(crypto::system_entropy().array<10>())};
    std::optional<domain::StatedPeriod> to_be_heard;
    if (*hearing) to_be_heard = stated(periods->list.front(), *day);
    auto const paper = make_paper(
        DocumentKind::prior_notice, notice.number,
        domain::compose_prior_notice(*text, notice, stated(periods->list.back(), *day), door, to_be_heard));
    insert_proven(db_, parts_.vault,
                  store::CaseCodeRow{.document = paper,
                                     .finding = row_.id,
                                     .subject = new_id<domain::SubjectId>(now_),
                                     .digest = crypto::sha256(as_bytes(door.code)),
                                     .made_at = now_});
    tell_made(db_, "case code", paper.raw(), row_.organisation, now_);
    keep_stated(db_, paper, *periods, *day);
    return advance(FindingEvent::compose_prior_notice, notice.number, periods->line());
}

Outcome<void> FindingCase::serve_prior_notice(domain::Service const& service) {
    if (auto next = would_become(FindingEvent::serve_prior_notice); !next) return next.error();
    if (!service.digest) return bad_field("/digest_sha256", reason::required);
    return record_service(DocumentKind::prior_notice, service);
}

Outcome<void> FindingCase::defend(domain::Defence const& defence) {
    auto const event = defence.waived ? FindingEvent::waive : FindingEvent::defend;
    if (auto next = would_become(event); !next) return next.error();
    if (defence.waived) {
        auto const notice = newest_paper(DocumentKind::prior_notice);
        if (!notice) return notice.error();
        auto shown = check_file("/evidence_id", defence.evidence.value(), notice->document);
        if (!shown) return shown;
    }
    auto why = defence.evidence ? std::optional(defence.evidence->text()) : std::nullopt;
    if (auto moved = advance(event, std::move(why)); !moved) return moved;
    say(defence.waived ? "waiver" : defence_step, defence.text);
    if (defence.new_facts) say(step_of_new_facts(), *defence.new_facts);
    return {};
}

bool FindingCase::has_defence() const {
    auto const said = store::statements_of(db_, row_.id);
    return std::ranges::find(said, defence_step, &store::StatementRow::step) != said.end();
}

/// The organ hears in full what the party says, in writing and in the hearing, and answers it (Administrative
/// Penalty Law art. 45, 65). What nobody said is not answered.
Outcome<void> FindingCase::check_answers(domain::Decision const& decision) const {
    auto const fits = [](char const* pointer, bool said, std::string const& answer) -> Outcome<void> {
        if (said && answer.empty()) return bad_field(pointer, reason::required, form::text);
        if (!said && !answer.empty()) return bad_field(pointer, nothing_to_answer);
        return {};
    };
    if (auto defence = fits("/defence_answer", has_defence(), decision.defence_answer); !defence)
        return defence;
    return fits("/hearing_answer", row_.state == FindingState::heard, decision.hearing_answer);
}

/// What the party says in their defence never makes it worse (Administrative Penalty Law art. 45).
Outcome<void> FindingCase::not_heavier(domain::Gravity const& found) const {
    if (!found.heavier_than(row_.gravity())) return {};
    std::vector<FieldError> errors;
    if (found.kind > row_.kind) errors.push_back({"/kind", &heavier});
    if (found.culpability > row_.culpability) errors.push_back({"/fault", &heavier});
    if (found.severity > row_.severity) errors.push_back({"/severity", &heavier});
    Fault refused{.problem = &problem::invalid, .fields = std::move(errors)};
    refused.detail = {"A decision is never graver than what the prior notice proposed.",
                      "决定不得重于事先告知书拟作出的认定。"};
    return by_rule(std::move(refused), parts_.rules, domain::rule::never_heavier, region(), china_date(now_));
}

Outcome<void> FindingCase::decide(domain::Decision const& decision) {
    auto const event = decision.breach ? FindingEvent::decide : FindingEvent::dismiss;
    if (auto next = would_become(event); !next) return next.error();
    if (auto answered = check_answers(decision); !answered) return answered;
    domain::Gravity const found{decision.kind.value_or(row_.kind),
                                decision.culpability.value_or(row_.culpability),
                                decision.severity.value_or(row_.severity)};
    if (auto lighter = not_heavier(found); !lighter) return lighter;
    if (decision.breach)
        if (auto stays = not_let_go(found); !stays) return stays;
    if (auto moved = advance(event, decision.number); !moved) return moved;
    row_.decided_by = actor();
    say("decision", decision.reasons);
    if (!decision.defence_answer.empty()) say("defence_answer", decision.defence_answer);
    if (!decision.hearing_answer.empty()) say("hearing_answer", decision.hearing_answer);
    if (!decision.breach) return make_dismissal(decision, true);
    row_.kind = found.kind;
    row_.culpability = found.culpability;
    row_.severity = found.severity;
    if (decision.action) say("action", *decision.action);
    auto const day = serve_by(decision.serve_by);
    if (!day) return day.error();
    auto const periods = setter().remedies({*day, domain::ServiceMethod::in_person}, china_date(now_));
    if (!periods) return periods.error();
    auto const text = case_text(decision.number);
    if (!text) return text.error();
    auto const paper = make_paper(DocumentKind::decision, decision.number,
                                  domain::compose_decision(*text, decision, stated(periods->list[0], *day),
                                                           stated(periods->list[1], *day)));
    keep_stated(db_, paper, *periods, *day);
    return {};
}

Outcome<void> FindingCase::serve_decision(domain::Service const& service) {
    if (auto next = would_become(FindingEvent::serve_decision); !next) return next.error();
    bool const dismissed = row_.state == FindingState::dismissed;
    return record_service(dismissed ? DocumentKind::dismissal : DocumentKind::decision, service);
}

Outcome<void> FindingCase::seek_remedy(Remedy const& remedy) {
    if (auto next = would_become(FindingEvent::seek_remedy); !next) return next.error();
    auto const paper = newest_paper(DocumentKind::decision);
    if (!paper) return paper.error();
    if (remedy.filed_on > china_date(now_)) return bad_field("/filed_on", reason::in_future);
    if (remedy.filed_on < china_date(paper->service->served_at))
        return bad_field("/filed_on", before_last_step);
    // The day of filing counts, not the day on which the server learns of it. An open period is never over.
    auto const last_day = last_day_of(db_, row_.id, remedy.kind);
    if (last_day && remedy.filed_on > *last_day)
        return explained(
            fault(problem::too_late, "The period for this remedy ended on " + to_iso(*last_day) + ".",
                  "该救济期限已于 " + to_iso(*last_day) + " 届满。"),
            clock_ending_on(db_, row_.id, *last_day));
    return advance(FindingEvent::seek_remedy,
                   std::string(domain::word(remedy.kind)) + " " + to_iso(remedy.filed_on));
}

Outcome<void> FindingCase::end_remedy(RemedyOutcome const& outcome) {
    // The decision is void and the question open again: the unit drafts a new finding or dismisses.
    if (outcome.kind == RemedyOutcome::Kind::overturned) return advance(FindingEvent::remedy_overturned);
    bool const upheld = outcome.kind == RemedyOutcome::Kind::upheld;
    if (auto moved = advance(upheld ? FindingEvent::remedy_upheld : FindingEvent::remedy_unanswered); !moved)
        return moved;
    auto const periods = periods_of_last_paper();
    if (!periods) return periods.error();
    keep(db_, row_.id, *periods);
    set_remedy_end(*periods);
    return {};
}

/// Computed again from what is recorded: the service, and the outcomes that upheld the decision.
Outcome<FindingPeriods> FindingCase::periods_of_last_paper() {
    bool const remedies = row_.state == FindingState::served;
    auto const paper = newest_paper(remedies ? DocumentKind::decision : DocumentKind::prior_notice);
    if (!paper) return paper.error();
    if (!paper->service) return internal("a served paper without its service");
    auto periods = periods_of(paper->document, *paper->service);
    if (!periods || !remedies) return periods;
    std::vector<Further> outcomes;
    for (store::Event const& event : store::history(db_, row_.id.text())) {
        if (event.event == domain::word(FindingEvent::remedy_upheld))
            outcomes.push_back({domain::rule::further_remedy, china_date(event.at)});
        if (event.event == domain::word(FindingEvent::remedy_unanswered))
            outcomes.push_back({domain::rule::unanswered, china_date(event.at)});
    }
    if (auto added = setter().add_further(*periods, outcomes); !added) return added.error();
    return periods;
}

Outcome<void> FindingCase::set_open_ends() {
    auto const periods = periods_of_last_paper();
    if (!periods) return periods.error();
    if (row_.state == FindingState::served)
        set_remedy_end(*periods);
    else
        set_defence_end(*periods);
    // Perhaps no period has an end yet: a known year can lead into an unknown one.
    if (keep(db_, row_.id, *periods))
        if (auto noted = advance(FindingEvent::calendar_known, {}, periods->line()); !noted) return noted;
    save();
    return {};
}

Outcome<void> FindingCase::revoke(std::string const& number) {
    if (auto moved = advance(FindingEvent::revoke, number); !moved) return moved;
    save();
    return move_commitment(db_, row_.commitment_code, CommitmentEvent::finding_revoked, actor(), now_);
}

Outcome<void> FindingCase::take_effect() {
    std::optional<std::string> by;
    for (auto const& clock : store::clocks_of(db_, row_.id))
        if (clock.ends == row_.remedy_until)
            by = ClockText{clock.rule, clock.rule_pack, clock.calendar}.line();
    return become_effective(FindingEvent::remedy_period_over, row_.remedy_until.value_or(now_), by);
}

// ------------------------------------------------------------------------------------------ what they share
domain::FindingFacts FindingCase::facts() const {
    std::vector<AccountId> drafters, returners, served, inspectors, everybody{row_.drafted_by};
    if (row_.version != 1) {
        for (auto const& one : store::earlier_drafts_of(db_, row_.id)) drafters.push_back(one.drafted_by);
        for (auto const& one : store::statements_of(db_, row_.id))
            if (one.step == return_step) returners.push_back(one.actor.value());
    }
    for (auto const& paper : store::documents_of(db_, row_.id))
        if (paper.service) served.push_back(paper.service->recorded_by);
    for (auto const& one : store::inspectors_of(db_, row_.task))
        if (one.sits() || one.signed_off_at) inspectors.push_back(one.account);
    auto const filed_by = store::commitment_by_code(db_, row_.commitment_code)->filed_by;
    auto appointers = who_ ? store::appointers_of(db_, who_->account) : std::vector<AccountId>{};
    for (auto const* list : {&drafters, &returners, &served, &inspectors, &appointers})
        everybody.insert(everybody.end(), list->begin(), list->end());
    for (auto const& one :
         {actor(), row_.reviewed_by, row_.decided_by, row_.hearing_chair, std::optional(filed_by)})
        if (one) everybody.push_back(*one);
    Persons const persons(db_, everybody);
    auto const has_notice = [&] { return newest_paper(DocumentKind::prior_notice).has_value(); };
    domain::FindingFacts facts{
        .actor = persons.of(actor()),
        .drafted_by = persons.of(row_.drafted_by),
        .reviewed_by = persons.of(row_.reviewed_by),
        .now = now_,
        .defence_until = row_.defence_until,
        .remedy_until = row_.remedy_until,
        .dismissal_to_serve = row_.state == FindingState::dismissed && dismissal_to_serve(),
        .notice_to_serve =
            (row_.state == FindingState::reviewed || row_.state == FindingState::uncorrected) && has_notice(),
        .earlier_drafters = persons.of(drafters),
        .returned_by = persons.of(returners),
        .decided_by = persons.of(row_.decided_by),
        .filed_by = persons.of(filed_by),
        .inspectors = persons.of(inspectors),
        .served_by = persons.of(served),
        .appointed_by = persons.of(appointers),
        .unknown = who_ && !persons.known(who_->account)};
    if (row_.state == FindingState::under_remedy) add_pending_remedy(facts);
    facts.chair = persons.of(row_.hearing_chair);
    add_hearing(facts);
    return facts;
}

/// The remedy that is pending, from the event of the step that sought it: "reconsideration 2026-05-06".
void FindingCase::add_pending_remedy(domain::FindingFacts& facts) const {
    std::string sought;
    for (store::Event const& event : store::history(db_, row_.id.text()))
        if (event.event == domain::word(FindingEvent::seek_remedy)) sought = event.why.value_or("");
    std::size_t const day = sought.find(' ');
    auto const kind = domain::from_word<Remedy::Kind>(sought.substr(0, day));
    auto const filed_on = day == std::string::npos ? std::nullopt : parse_iso_date(sought.substr(day + 1));
    facts.reconsidered = kind == Remedy::Kind::reconsideration;
    if (!facts.reconsidered || !filed_on) return;
    if (auto const until = setter().answer_until(*filed_on)) facts.answer_until = *until;
}

/// Findings dismissed before this document existed have none.
bool FindingCase::dismissal_to_serve() const {
    auto const paper = newest_paper(DocumentKind::dismissal);
    return paper && !paper->service;
}

std::optional<AccountId> FindingCase::actor() const {
    return who_ ? std::optional(who_->account) : std::nullopt;
}

domain::Actor FindingCase::acting() const {
    if (subject_) return *subject_;
    return actor();
}

Outcome<FindingState> FindingCase::would_become(FindingEvent event) const {
    auto next = domain::finding_lifecycle.next(row_.state, event, facts());
    if (!next) return explained(next.error(), clock_of(event));
    return next;
}

Fault FindingCase::explained(Fault refused, std::string_view name) const {
    if (refused.problem != &problem::too_early && refused.problem != &problem::too_late) return refused;
    for (auto const& clock : store::clocks_of(db_, row_.id))
        if (clock.clock == name)
            refused.explanation = ClockText{clock.rule, clock.rule_pack, {}}.explanation();
    return refused;
}

Outcome<void> FindingCase::advance(FindingEvent event, std::optional<std::string> why,
                                   std::optional<std::string> rule) {
    Events events;
    auto const to = step(events, domain::finding_lifecycle, row_.state, event, facts(),
                         Move{.subject = row_.id.text(),
                              .actor = acting(),
                              .now = now_,
                              .why = std::move(why),
                              .rule = std::move(rule)});
    if (!to) return explained(to.error(), clock_of(event));
    row_.state = *to;
    store::append(db_, events);
    taken_.insert(taken_.end(), events.begin(), events.end());
    return {};
}

void FindingCase::save() {
    store::update(db_, row_);
    prove_steps(db_, parts_.vault, row_.id, std::exchange(taken_, {}));
}

void FindingCase::say(std::string_view step, std::string const& text) {
    store::insert(db_, store::StatementRow{
                           .finding = row_.id,
                           .step = std::string(step),
                           .actor = actor(),
                           .at = now_,
                           .content = parts_.vault.seal(text, statement_label(row_.id, step, row_.version)),
                           .version = row_.version});
}

Outcome<void> FindingCase::clear_commitment() {
    return move_commitment(db_, row_.commitment_code, CommitmentEvent::finding_dismissed, actor(), now_);
}

Outcome<void> FindingCase::become_effective(FindingEvent event, Instant since,
                                            std::optional<std::string> rule) {
    if (auto moved = advance(event, {}, std::move(rule)); !moved) return moved;
    row_.effective_at = since;
    save();  // before the hook, which reads it
    auto moved =
        move_commitment(db_, row_.commitment_code, CommitmentEvent::finding_effective, actor(), now_);
    if (!moved || !parts_.on_effect) return moved;
    return parts_.on_effect(db_, row_.id, now_);
}

}  // namespace sponsio::service
