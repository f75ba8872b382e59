#include "server/service/findings/case.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/store/organisations.hpp"

#include <array>

namespace sponsio::service {
namespace {

using domain::CommitmentEvent;
using domain::FindingEvent;
using domain::FindingState;
using domain::PeriodUnit;
using store::DocumentKind;

constexpr Reason in_future{"in_future", "lies in the future", "晚于当前时间"};
constexpr Reason before_last_step{"before_last_step", "lies before the step that comes before it",
                                  "早于上一环节"};
constexpr Reason nothing_to_answer{"not_allowed_here", "must be absent: there is no statement to answer",
                                   "当事人未作陈述、申辩，此处不应填写"};

constexpr std::string_view review_step = "review";

std::string_view clock_of(Remedy::Kind kind) {
    return (kind == Remedy::Kind::reconsideration ? domain::rule::reconsideration : domain::rule::litigation)
        .text;
}

Outcome<store::ServedDocument> paper_of(db::PgSession& db, FindingId id, DocumentKind kind) {
    for (auto& paper : store::documents_of(db, id))
        if (paper.document.kind == kind) return std::move(paper);
    return internal("a finding without its paper");
}

Outcome<Instant> time_of_review(db::PgSession& db, FindingId id) {
    for (auto const& statement : store::statements_of(db, id))
        if (statement.step == review_step) return statement.at;
    return internal("a finding without its review");
}

/// The last day of a period; nothing while no calendar covers it.
std::optional<Date> last_day_of(db::PgSession& db, FindingId id, std::string_view name) {
    for (auto const& clock : store::clocks_of(db, id))
        if (clock.clock == name) return clock.due_on;
    return std::nullopt;
}

}  // namespace

Remedy Remedy::read(domain::Fields& fields) {
    return {fields.choice<Kind>("kind"), fields.date("filed_on")};
}

RemedyOutcome RemedyOutcome::read(domain::Fields& fields) {
    return {fields.choice<Kind>("outcome") == Kind::upheld};
}

std::string draft_label(FindingId id) {
    return "finding.draft:" + id.text();
}

std::string statement_label(FindingId id, std::string_view step) {
    return "finding_statement.content:" + id.text() + ":" + std::string(step);
}

std::string document_label(DocumentId id) {
    return "document.content:" + id.text();
}

std::string receipt_label(DocumentId id) {
    return "service_of_document.receipt:" + id.text();
}

// ------------------------------------------------------------------------------------------------ the steps
Outcome<void> FindingCase::review(domain::Review const& review) {
    auto const event = review.confirmed ? FindingEvent::confirm : FindingEvent::reject;
    if (auto moved = advance(event); !moved) return moved;
    row_.reviewed_by = actor();
    say(review_step, review.opinion);
    return review.confirmed ? Outcome<void>{} : clear_commitment();
}

Outcome<void> FindingCase::serve_prior_notice(domain::PriorNotice const& notice) {
    if (auto next = would_become(FindingEvent::serve_prior_notice); !next) return next.error();
    auto const reviewed_at = time_of_review(db_, row_.id);
    if (!reviewed_at) return reviewed_at.error();
    if (auto fits = check_service(notice.service, *reviewed_at); !fits) return fits;

    auto const periods = setter().defence({notice.service.served_at, notice.service.method});
    if (!periods) return periods.error();
    auto const text = case_text(notice.number);
    if (!text) return text.error();
    int const days = periods->list.back().period.rule.value;
    record_service(
        make_paper(DocumentKind::prior_notice, notice.number, domain::compose_prior_notice(*text, days)),
        notice.service);
    keep(db_, row_.id, *periods);
    set_defence_end(*periods);
    return advance(FindingEvent::serve_prior_notice, notice.number, periods->line());
}

Outcome<void> FindingCase::defend(domain::Defence const& defence) {
    auto const event = defence.waived ? FindingEvent::waive : FindingEvent::defend;
    if (auto moved = advance(event); !moved) return moved;
    say(defence.waived ? "waiver" : "defence", defence.text);
    return {};
}

Outcome<void> FindingCase::decide(domain::Decision const& decision) {
    bool const was_defended = row_.state == FindingState::defended;
    auto const event = decision.breach ? FindingEvent::decide : FindingEvent::dismiss;
    if (auto moved = advance(event, decision.number); !moved) return moved;
    // The organ hears the defence in full and answers it (Administrative Penalty Law art. 45).
    if (was_defended && decision.defence_answer.empty())
        return bad_field("/defence_answer", reason::required, form::text);
    if (!was_defended && !decision.defence_answer.empty())
        return bad_field("/defence_answer", nothing_to_answer);
    row_.decided_by = actor();
    say("decision", decision.reasons);
    if (was_defended) say("defence_answer", decision.defence_answer);
    auto const text = case_text(decision.number);
    if (!text) return text.error();
    if (!decision.breach) {
        make_paper(DocumentKind::dismissal, decision.number, domain::compose_dismissal(*text, decision));
        return clear_commitment();
    }
    Date const today = china_date(now_);
    auto const days = setter().rule(domain::rule::reconsideration, today);
    if (!days) return days.error();
    auto const months = setter().rule(domain::rule::litigation, today);
    if (!months) return months.error();
    make_paper(DocumentKind::decision, decision.number,
               domain::compose_decision(*text, decision, days->value, months->value));
    return {};
}

Outcome<void> FindingCase::serve_decision(domain::Service const& service) {
    if (auto next = would_become(FindingEvent::serve_decision); !next) return next.error();
    bool const dismissed = row_.state == FindingState::dismissed;
    auto const paper = paper_of(db_, row_.id, dismissed ? DocumentKind::dismissal : DocumentKind::decision);
    if (!paper) return paper.error();
    if (auto fits = check_service(service, paper->document.made_at); !fits) return fits;
    if (dismissed) {  // a dismissal has no remedies, so no period
        if (auto moved = advance(FindingEvent::serve_decision, paper->document.number); !moved) return moved;
        record_service(paper->document.id, service);
        return {};
    }

    auto const periods = setter().remedies({service.served_at, service.method});
    if (!periods) return periods.error();
    record_service(paper->document.id, service);
    keep(db_, row_.id, *periods);
    set_remedy_end(*periods);
    return advance(FindingEvent::serve_decision, paper->document.number, periods->line());
}

Outcome<void> FindingCase::seek_remedy(Remedy const& remedy) {
    if (auto next = would_become(FindingEvent::seek_remedy); !next) return next.error();
    auto const paper = paper_of(db_, row_.id, DocumentKind::decision);
    if (!paper) return paper.error();
    if (remedy.filed_on > china_date(now_)) return bad_field("/filed_on", in_future);
    if (remedy.filed_on < china_date(paper->service->served_at))
        return bad_field("/filed_on", before_last_step);
    // The day of filing counts, not the day on which the server learns of it. An open period is never over.
    auto const last_day = last_day_of(db_, row_.id, clock_of(remedy.kind));
    if (last_day && remedy.filed_on > *last_day)
        return fault(problem::too_late, "The period for this remedy ended on " + to_iso(*last_day) + ".",
                     "该救济期限已于 " + to_iso(*last_day) + " 届满。");
    return advance(FindingEvent::seek_remedy,
                   std::string(domain::word(remedy.kind)) + " " + to_iso(remedy.filed_on));
}

Outcome<void> FindingCase::end_remedy(RemedyOutcome const& outcome) {
    if (outcome.upheld) return become_effective(FindingEvent::remedy_upheld, now_, {});
    // The decision is void and the question open again: the unit drafts a new finding or dismisses.
    return advance(FindingEvent::remedy_overturned);
}

/// Computed again from the recorded service, by the rules of the unit's region on that day.
Outcome<FindingPeriods> FindingCase::periods_of_last_paper() {
    bool const remedies = row_.state == FindingState::served;
    auto const paper = paper_of(db_, row_.id, remedies ? DocumentKind::decision : DocumentKind::prior_notice);
    if (!paper) return paper.error();
    auto const unit = store::organisation_by_id(db_, row_.organisation);
    if (!paper->service || !unit) return internal("a served paper without its service or unit");
    PeriodSetter const setter(parts_.rules, parts_.calendar, unit->region_code);
    Serving const serving{paper->service->served_at, paper->service->method};
    return remedies ? setter.remedies(serving) : setter.defence(serving);
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

Outcome<void> FindingCase::take_effect() {
    std::optional<std::string> by;
    for (auto const& clock : store::clocks_of(db_, row_.id))
        if (clock.ends == row_.remedy_until)
            by = ClockText{clock.rule, clock.rule_pack, clock.calendar}.line();
    return become_effective(FindingEvent::remedy_period_over, row_.remedy_until.value_or(now_), by);
}

// ------------------------------------------------------------------------------------------ what they share
domain::FindingFacts FindingCase::facts() const {
    return {.actor = actor(),
            .drafted_by = row_.drafted_by,
            .reviewed_by = row_.reviewed_by,
            .now = now_,
            .defence_until = row_.defence_until,
            .remedy_until = row_.remedy_until,
            .dismissal_to_serve = row_.state == FindingState::dismissed && dismissal_to_serve()};
}

/// Findings dismissed before this document existed have none.
bool FindingCase::dismissal_to_serve() const {
    auto const paper = paper_of(db_, row_.id, DocumentKind::dismissal);
    return paper && !paper->service;
}

std::optional<AccountId> FindingCase::actor() const {
    return who_ ? std::optional(who_->account) : std::nullopt;
}

Outcome<FindingState> FindingCase::would_become(FindingEvent event) const {
    return domain::finding_lifecycle.next(row_.state, event, facts());
}

Outcome<void> FindingCase::advance(FindingEvent event, std::optional<std::string> why,
                                   std::optional<std::string> rule) {
    auto const to = step(db_, domain::finding_lifecycle, row_.state, event, facts(),
                         Move{.subject = row_.id.text(),
                              .actor = actor(),
                              .now = now_,
                              .why = std::move(why),
                              .rule = std::move(rule)});
    if (!to) return to.error();
    row_.state = *to;
    return {};
}

void FindingCase::say(std::string_view step, std::string const& text) {
    store::insert(db_,
                  store::StatementRow{.finding = row_.id,
                                      .step = std::string(step),
                                      .actor = who_->account,
                                      .at = now_,
                                      .content = parts_.vault.seal(text, statement_label(row_.id, step))});
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

// ---------------------------------------------------------------------------------------- papers and clocks
Outcome<void> FindingCase::check_service(domain::Service const& service, Instant earliest) const {
    if (service.served_at > now_) return bad_field("/served_at", in_future);
    if (service.served_at < earliest) return bad_field("/served_at", before_last_step);
    return {};
}

Outcome<domain::CaseText> FindingCase::case_text(std::string const& number) const {
    auto const commitment = open_commitment(db_, parts_.vault, parts_.matters, row_.commitment_code);
    if (!commitment) return commitment.error();
    auto const draft = parts_.vault.open_json(row_.draft, draft_label(row_.id));
    if (!draft) return draft.error();
    return domain::CaseText{.agency = who_->organisation_name,
                            .number = number,
                            .committer = commitment->committer_name(),
                            .matter = commitment->matter->content.name.zh,
                            .commitment_code = row_.commitment_code,
                            .finding = domain::FindingText::from_json(*draft)};
}

DocumentId FindingCase::make_paper(DocumentKind kind, std::string const& number, Bilingual const& text) {
    auto const id = new_id<DocumentId>(now_);
    std::string const content = json::canonical(domain::to_json(text));
    store::insert(db_, store::DocumentRow{.id = id,
                                          .finding = row_.id,
                                          .kind = kind,
                                          .number = number,
                                          .content = parts_.vault.seal(content, document_label(id)),
                                          .digest = crypto::sha256(as_bytes(content)),
                                          .made_by = who_->account,
                                          .made_at = now_});
    return id;
}

void FindingCase::record_service(DocumentId document, domain::Service const& service) {
    store::insert(db_,
                  store::ServiceRow{.document = document,
                                    .served_at = service.served_at,
                                    .method = service.method,
                                    .receipt = parts_.vault.seal(service.receipt, receipt_label(document)),
                                    .recorded_by = who_->account,
                                    .recorded_at = now_});
}

PeriodSetter FindingCase::setter() const {
    return {parts_.rules, parts_.calendar, who_->region_code};
}

void FindingCase::set_defence_end(FindingPeriods const& periods) {
    row_.defence_until = periods.ends();
    row_.defence_waits_for = periods.waits_for();
}

/// Either remedy may be used, so the decision is final only when both periods are over.
void FindingCase::set_remedy_end(FindingPeriods const& periods) {
    row_.remedy_until = periods.ends();
    row_.remedy_waits_for = periods.waits_for();
}

}  // namespace sponsio::service
