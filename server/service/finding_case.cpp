#include "server/service/finding_case.hpp"

#include "server/service/clock_text.hpp"

#include <algorithm>
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
constexpr std::string_view reconsideration_clock = "remedy.reconsider",
                           litigation_clock = "remedy.litigation";

Fault missing(std::string cause) {
    return Fault{.problem = &problem::internal, .cause = std::move(cause)};
}

std::string_view clock_of(Remedy::Kind kind) {
    return kind == Remedy::Kind::reconsideration ? reconsideration_clock : litigation_clock;
}

Outcome<store::ServedDocument> paper_of(db::PgSession& db, FindingId id, DocumentKind kind) {
    for (auto& paper : store::documents_of(db, id))
        if (paper.document.kind == kind) return std::move(paper);
    return missing("a finding without its paper");
}

Outcome<Instant> time_of_review(db::PgSession& db, FindingId id) {
    for (auto const& statement : store::statements_of(db, id))
        if (statement.step == review_step) return statement.at;
    return missing("a finding without its review");
}

/// Where the period for this kind of remedy ended; a finding is served with both.
Outcome<store::ClockRow> clock_row(db::PgSession& db, FindingId id, std::string_view name) {
    for (auto& clock : store::clocks_of(db, id))
        if (clock.clock == name) return std::move(clock);
    return missing("a served finding without its clocks");
}

}  // namespace

std::span<domain::Word<Remedy::Kind> const> words_of(Remedy::Kind) {
    static constexpr std::array<domain::Word<Remedy::Kind>, 2> words{
        {{Remedy::Kind::reconsideration, "reconsideration"}, {Remedy::Kind::litigation, "litigation"}}};
    return words;
}

Remedy Remedy::read(domain::Fields& fields) {
    return {fields.choice<Kind>("kind"), fields.date("filed_on")};
}

RemedyOutcome RemedyOutcome::read(domain::Fields& fields) {
    std::string const outcome = fields.text("outcome", {.max = 32});
    bool const upheld = outcome == "upheld";
    if (!outcome.empty() && !upheld && outcome != "overturned")
        fields.refuse("outcome", reason::unknown_value);
    return {upheld};
}

std::string draft_place(FindingId id) {
    return "finding.draft:" + id.text();
}

std::string statement_place(FindingId id, std::string_view step) {
    return "finding_statement.content:" + id.text() + ":" + std::string(step);
}

std::string document_place(DocumentId id) {
    return "document.content:" + id.text();
}

std::string receipt_place(DocumentId id) {
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

    std::vector<NamedClock> clocks;
    auto const served_on = day_of_service(notice.service, "prior_notice.service", clocks);
    if (!served_on) return served_on.error();
    auto const period = rule("defence.period", PeriodUnit::working_days, *served_on);
    if (!period) return period.error();
    if (auto started = start_clock(*period, *served_on, clocks); !started) return started;

    auto const text = case_text(notice.number);
    if (!text) return text.error();
    record_service(make_paper(DocumentKind::prior_notice, notice.number,
                              domain::compose_prior_notice(*text, period->value)),
                   notice.service);
    row_.defence_until = clocks.back().due.ends;
    return advance(FindingEvent::serve_prior_notice, notice.number, keep_clocks(clocks));
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
        return bad_field("/defence_answer", reason::required);
    if (!was_defended && !decision.defence_answer.empty())
        return bad_field("/defence_answer", nothing_to_answer);
    row_.decided_by = actor();
    say("decision", decision.reasons);
    if (was_defended) say("defence_answer", decision.defence_answer);
    if (!decision.breach) return clear_commitment();

    Date const today = china_date(now_);
    auto const days = rule(reconsideration_clock, PeriodUnit::calendar_days, today);
    if (!days) return days.error();
    auto const months = rule(litigation_clock, PeriodUnit::months, today);
    if (!months) return months.error();
    auto const text = case_text(decision.number);
    if (!text) return text.error();
    make_paper(DocumentKind::decision, decision.number,
               domain::compose_decision(*text, decision, days->value, months->value));
    return {};
}

Outcome<void> FindingCase::serve_decision(domain::Service const& service) {
    if (auto next = would_become(FindingEvent::serve_decision); !next) return next.error();
    auto const paper = paper_of(db_, row_.id, DocumentKind::decision);
    if (!paper) return paper.error();
    if (auto fits = check_service(service, paper->document.made_at); !fits) return fits;

    std::vector<NamedClock> clocks;
    auto const served_on = day_of_service(service, "decision.service", clocks);
    if (!served_on) return served_on.error();
    for (auto const& [name, unit] : {std::pair{reconsideration_clock, PeriodUnit::calendar_days},
                                     std::pair{litigation_clock, PeriodUnit::months}}) {
        auto const period = rule(name, unit, *served_on);
        if (!period) return period.error();
        if (auto started = start_clock(*period, *served_on, clocks); !started) return started;
    }
    record_service(paper->document.id, service);
    // Either remedy may be sought, so the decision stands only when neither can be any more.
    row_.remedy_until = std::ranges::max(clocks, {}, [](auto const& c) { return c.due.ends; }).due.ends;
    return advance(FindingEvent::serve_decision, paper->document.number, keep_clocks(clocks));
}

Outcome<void> FindingCase::seek_remedy(Remedy const& remedy) {
    if (auto next = would_become(FindingEvent::seek_remedy); !next) return next.error();
    auto const paper = paper_of(db_, row_.id, DocumentKind::decision);
    if (!paper) return paper.error();
    if (remedy.filed_on > china_date(now_)) return bad_field("/filed_on", in_future);
    if (remedy.filed_on < china_date(paper->service->served_at))
        return bad_field("/filed_on", before_last_step);
    // What counts is the day it was filed, not the day it became known here.
    auto const clock = clock_row(db_, row_.id, clock_of(remedy.kind));
    if (!clock) return clock.error();
    if (remedy.filed_on > clock->due_on)
        return fault(problem::too_late, "The period for this remedy ended on " + to_iso(clock->due_on) + ".",
                     "该救济期限已于 " + to_iso(clock->due_on) + " 届满。");
    return advance(FindingEvent::seek_remedy,
                   std::string(domain::word(remedy.kind)) + " " + to_iso(remedy.filed_on));
}

Outcome<void> FindingCase::end_remedy(RemedyOutcome const& outcome) {
    if (outcome.upheld) return become_effective(FindingEvent::remedy_upheld, now_, {});
    // The decision is void and the question open again: the unit drafts anew or dismisses (domain.md 3).
    return advance(FindingEvent::remedy_overturned);
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
            .remedy_until = row_.remedy_until};
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
                                      .content = parts_.vault.seal(text, statement_place(row_.id, step))});
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
    auto const draft = parts_.vault.open_json(row_.draft, draft_place(row_.id));
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
    std::string const content = crypto::canonical_json(domain::to_json(text));
    store::insert(db_, store::DocumentRow{.id = id,
                                          .finding = row_.id,
                                          .kind = kind,
                                          .number = number,
                                          .content = parts_.vault.seal(content, document_place(id)),
                                          .digest = crypto::sha256(crypto::as_bytes(content)),
                                          .made_by = who_->account,
                                          .made_at = now_});
    return id;
}

void FindingCase::record_service(DocumentId document, domain::Service const& service) {
    store::insert(db_,
                  store::ServiceRow{.document = document,
                                    .served_at = service.served_at,
                                    .method = service.method,
                                    .receipt = parts_.vault.seal(service.receipt, receipt_place(document)),
                                    .recorded_by = who_->account,
                                    .recorded_at = now_});
}

Outcome<domain::ClockRule> FindingCase::rule(std::string_view id, PeriodUnit unit, Date on) const {
    auto found = parts_.rules.clock(id, who_->region_code, on);
    if (!found) return found;
    // The papers name the period in this unit; a pack that counts otherwise needs papers of its own.
    if (found->unit != unit) return missing("unit of rule " + std::string(id));
    return found;
}

/// Service by public notice is complete only when its own period is over; that period is a clock like others.
Outcome<Date> FindingCase::day_of_service(domain::Service const& service, std::string const& clock,
                                          std::vector<NamedClock>& clocks) const {
    Date const day = china_date(service.served_at);
    if (service.method != domain::ServiceMethod::public_notice) return day;
    auto const period = rule("service.public_notice", PeriodUnit::calendar_days, day);
    if (!period) return period.error();
    auto complete = domain::due(*period, day, parts_.calendar);
    if (!complete) return complete.error();
    clocks.push_back({clock, std::move(*complete)});
    return clocks.back().due.date;
}

Outcome<void> FindingCase::start_clock(domain::ClockRule const& rule, Date from,
                                       std::vector<NamedClock>& clocks) const {
    auto end = domain::due(rule, from, parts_.calendar);
    if (!end) return end.error();
    clocks.push_back({rule.id, std::move(*end)});
    return {};
}

/// Stores the clocks and answers with what the event says of them.
std::string FindingCase::keep_clocks(std::vector<NamedClock> const& clocks) {
    std::string lines;
    for (NamedClock const& clock : clocks) {
        auto const origin = ClockText::of(clock.due);
        store::insert(db_, store::ClockRow{row_.id, clock.name, clock.due.date, clock.due.ends, origin.rule,
                                           origin.rule_pack, origin.calendar});
        lines += (lines.empty() ? "" : " | ") + origin.line();
    }
    return lines;
}

}  // namespace sponsio::service
