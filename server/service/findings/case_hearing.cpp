#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/domain/rule_ids.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/findings/papers.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>

/// What may lie between the review of a finding and its decision: the order to rectify, the hearing, and the
/// re-check of new facts.
namespace sponsio::service {
namespace {

using domain::FindingEvent;
using domain::Measure;
using store::DocumentKind;

constexpr Reason too_soon{"too_soon", "leaves the party less time than the rule gives before a hearing",
                          "距送达之日不足规则规定的通知期限"};
constexpr Reason not_on_road{"not_allowed_here", "is not among what the place lets follow",
                             "当地规则未规定该项处理"};
constexpr Reason no_longer_here{"no_such_thing", "is nobody of this unit who can chair",
                                "不是本单位可以主持听证的在用账号"};

}  // namespace

std::string_view step_of_new_facts() {
    return "new_facts";
}

// -------------------------------------------------------------------------------------- the order to rectify
Outcome<void> FindingCase::compose_order(domain::RectifyOrder const& order) {
    if (auto next = would_become(FindingEvent::compose_order); !next) return next.error();
    if (auto free = no_late_service_waits(); !free) return free;
    auto const day = serve_by(order.serve_by);
    if (!day) return day.error();
    Serving const serving{*day, domain::ServiceMethod::in_person};
    auto const periods = setter().order(serving);
    if (!periods) return periods.error();
    auto const remedies = setter().remedies(serving, china_date(now_));
    if (!remedies) return remedies.error();
    auto const text = case_text(order.number);
    if (!text) return text.error();
    auto const paper =
        make_paper(DocumentKind::order, order.number,
                   domain::compose_order(*text, order, stated(periods->list.back(), *day),
                                         stated(remedies->list[0], *day), stated(remedies->list[1], *day)));
    keep_stated(db_, paper, *periods, *day);
    return advance(FindingEvent::compose_order, order.number, periods->line());
}

Outcome<void> FindingCase::serve_order(domain::Service const& service) {
    if (auto next = would_become(FindingEvent::serve_order); !next) return next.error();
    if (!service.digest) return bad_field("/digest_sha256", reason::required);
    return record_service(DocumentKind::order, service);
}

Outcome<void> FindingCase::end_order(domain::OrderOutcome const& outcome) {
    auto const event = outcome.corrected ? FindingEvent::find_corrected : FindingEvent::find_uncorrected;
    if (auto next = would_become(event); !next) return next.error();
    if (outcome.corrected) {
        auto const order = newest_paper(DocumentKind::order);
        if (!order) return order.error();
        auto shown = check_file("/evidence_id", outcome.evidence.value(), order->document);
        if (!shown) return shown;
    }
    auto why = outcome.evidence ? std::optional(outcome.evidence->text()) : std::nullopt;
    if (auto moved = advance(event, std::move(why)); !moved) return moved;
    say("order_outcome", outcome.opinion);
    if (!outcome.corrected) return {};
    return move_commitment(db_, row_.commitment_code, domain::CommitmentEvent::rectified, actor(), now_);
}

/// Where the place has the party set it right first, nothing goes on before that.
Outcome<void> FindingCase::order_comes_first() const {
    if (row_.state != domain::FindingState::reviewed) return {};
    auto const road = road_of(row_.kind);
    if (!road) return road.error();
    if (!road->rectify_first()) return {};
    return by_rule(fault(problem::conflict,
                         "Here the party is first ordered to set it right by a day; compose that order "
                         "(composeRectifyOrder).",
                         "当地规则规定应当先责令限期改正，请先制作责令限期改正通知书。"),
                   road->rule());
}

// ------------------------------------------------------------------------------------------ what is proposed
Outcome<domain::Road> FindingCase::road_of(domain::FindingKind kind) const {
    auto const commitment = open_commitment(db_, parts_.vault, parts_.matters, row_.commitment_code);
    if (!commitment) return commitment.error();
    std::string const place = region();
    return domain::Road::of(parts_.rules, kind,
                            {place, china_date(now_), commitment->matter->content.action_kind});
}

Outcome<void> check_measures(domain::Road const& road, domain::Circumstances const& said) {
    std::vector<FieldError> errors;
    for (std::size_t i = 0; i != said.measures.size(); ++i)
        if (!road.has(said.measures[i])) errors.push_back({"/measures/" + std::to_string(i), &not_on_road});
    if (errors.empty()) return {};
    Fault refused{.problem = &problem::invalid, .fields = std::move(errors)};
    refused.detail = {"The place lets only some things follow from such a finding.",
                      "对此类认定，当地规则仅规定了部分后续处理。"};
    return by_rule(std::move(refused), road.rule());
}

Outcome<domain::Circumstances> FindingCase::circumstances() const {
    auto const draft = parts_.vault.open_json(row_.draft, draft_label(row_.id, row_.version));
    if (!draft) return draft.error();
    return domain::Circumstances::from_json(*draft);
}

/// The right to a hearing: for what the place names, and where nobody said what is proposed.
Outcome<bool> FindingCase::gives_hearing() const {
    auto const said = circumstances();
    if (!said) return said.error();
    if (said->measures.empty()) return true;
    auto const grave = parts_.rules.list(domain::rule::hearing_for, region(), china_date(now_));
    if (!grave) return grave.error();
    return std::ranges::any_of(said->measures, [&](Measure one) {
        return std::ranges::find(*grave, domain::word(one)) != grave->end();
    });
}

/// Refuses a decision against somebody whom the law lets go.
Outcome<void> FindingCase::not_let_go(domain::Gravity const& found) const {
    auto const said = circumstances();
    if (!said) return said.error();
    auto const commitment = open_commitment(db_, parts_.vault, parts_.matters, row_.commitment_code);
    if (!commitment) return commitment.error();
    std::string const place = region();
    auto const lenient = domain::leniency_of(
        parts_.rules, {place, china_date(now_), commitment->matter->content.action_kind}, found, *said);
    if (!lenient) return lenient.error();
    if (!*lenient || (*lenient)->kind != domain::Leniency::must) return {};
    return by_rule(
        fault(problem::conflict, "In these circumstances the law lets nothing follow: decide `dismissed`.",
              "依法不予处理，请作出不予认定的决定（dismissed）。"),
        (*lenient)->rule);
}

// ----------------------------------------------------------------------------------------------- the hearing
Outcome<void> FindingCase::request_hearing(domain::HearingStep const& request) {
    return hearing_step(FindingEvent::request_hearing, request);
}

Outcome<void> FindingCase::withdraw_hearing(domain::HearingStep const& withdrawal) {
    return hearing_step(FindingEvent::withdraw_hearing, withdrawal);
}

Outcome<void> FindingCase::hearing_step(FindingEvent event, domain::HearingStep const& said) {
    if (auto next = would_become(event); !next) return next.error();
    auto const notice = newest_paper(DocumentKind::prior_notice);
    if (!notice) return notice.error();
    if (said.evidence)
        if (auto shown = check_file("/evidence_id", *said.evidence, notice->document); !shown) return shown;
    auto why = said.evidence ? std::optional(said.evidence->text()) : std::nullopt;
    if (auto moved = advance(event, std::move(why)); !moved) return moved;
    say(domain::word(event), said.text);
    return {};
}

Outcome<void> FindingCase::compose_hearing_notice(domain::HearingNotice const& notice) {
    auto const chair = store::account_by_id(db_, notice.chair);
    bool const here = chair && chair->organisation == row_.organisation && !chair->closed_at;
    if (here) {
        row_.hearing_chair = notice.chair;
        row_.hearing_at = notice.at;
    }
    if (auto next = would_become(FindingEvent::compose_hearing_notice); !next) return next.error();
    if (!here || !Persons(db_, {notice.chair}).known(notice.chair))
        return bad_field("/chair_id", no_longer_here, form::known_thing);
    if (auto free = no_late_service_waits(); !free) return free;
    auto const day = serve_by(notice.serve_by);
    if (!day) return day.error();
    if (auto ahead = hearing_is_ahead({*day, domain::ServiceMethod::in_person}); !ahead) return ahead;
    auto const text = case_text(notice.number);
    if (!text) return text.error();
    make_paper(DocumentKind::hearing_notice, notice.number,
               domain::compose_hearing_notice(*text, notice, chair->name));
    return advance(FindingEvent::compose_hearing_notice, notice.number);
}

Outcome<void> FindingCase::serve_hearing_notice(domain::Service const& service) {
    if (auto next = would_become(FindingEvent::serve_hearing_notice); !next) return next.error();
    if (!service.digest) return bad_field("/digest_sha256", reason::required);
    return record_service(DocumentKind::hearing_notice, service);
}

/// The party has so many working days between the notice and the hearing (Administrative Penalty Law art.
/// 64).
Outcome<void> FindingCase::hearing_is_ahead(Serving const& serving) const {
    auto const periods = setter().hearing_notice(serving);
    if (!periods) return periods.error();
    domain::Period const& notice = periods->list.back().period;
    if (!notice.end)
        return fault(problem::calendar_unknown,
                     "The official calendar up to the day of the hearing is not known yet.",
                     "截至听证之日的官方工作日历尚未公布。");
    if (china_date(row_.hearing_at.value()) >= notice.end->date) return {};
    Fault refused = bad_field("/at", too_soon);
    refused.detail = {"The hearing is held on " + to_iso(notice.end->date) + " at the earliest.",
                      "听证最早可于 " + to_iso(notice.end->date) + " 举行。"};
    return by_rule(std::move(refused), notice.rule);
}

Outcome<void> FindingCase::hold_hearing(domain::HearingRecord const& record) {
    if (auto next = would_become(FindingEvent::hold_hearing); !next) return next.error();
    auto const notice = newest_paper(DocumentKind::hearing_notice);
    if (!notice) return notice.error();
    auto shown = check_file("/signed_evidence_id", record.signed_record, notice->document);
    if (!shown) return shown;
    auto const text = case_text(record.number);
    if (!text) return text.error();
    auto const chair = store::account_by_id(db_, who_->account);
    if (!chair) return internal("the account of a chair");
    make_paper(DocumentKind::hearing_record, record.number,
               domain::compose_hearing_record(*text, record, chair->name, row_.hearing_at.value()));
    if (auto moved = advance(FindingEvent::hold_hearing, record.number); !moved) return moved;
    say("hearing_record", record.record);
    say("hearing_opinion", record.opinion);
    if (record.new_facts) say(step_of_new_facts(), *record.new_facts);
    return {};
}

Outcome<void> FindingCase::recheck(domain::Recheck const& recheck) {
    if (auto moved = advance(FindingEvent::recheck, std::string(domain::word(recheck.result))); !moved)
        return moved;
    say(domain::word(FindingEvent::recheck), recheck.text);
    return {};
}

/// Whether the party named facts after which nobody recorded a re-check.
bool FindingCase::new_facts_open() const {
    bool open = false;
    for (store::StatementRow const& said : store::statements_of(db_, row_.id)) {
        if (said.step == step_of_new_facts()) open = true;
        if (said.step == domain::word(FindingEvent::recheck)) open = false;
    }
    return open;
}

/// What the steps before the decision say of it.
void FindingCase::add_hearing(domain::FindingFacts& facts) const {
    using enum domain::FindingState;
    auto const waits = [&](DocumentKind kind) {
        auto const paper = newest_paper(kind);
        return paper && !paper->service;
    };
    auto const end_of = [&](std::string_view clock) -> std::optional<Instant> {
        auto const clocks = store::clocks_of(db_, row_.id);
        auto const set = std::ranges::find(clocks, clock, &store::ClockRow::clock);
        return set == clocks.end() ? std::nullopt : std::optional(set->ends);
    };
    facts.hearing_at = row_.hearing_at;
    switch (row_.state) {
        case reviewed: facts.order_to_serve = waits(DocumentKind::order); break;
        case rectifying: facts.order_until = end_of(domain::rule::rectify.text); break;
        case prior_notice_served:
        case defended: {
            std::string_view const clock = domain::rule::hearing_request.text;
            facts.hearing_until = end_of(clock);
            auto const open = store::open_clocks_of(db_, row_.id);
            facts.may_be_heard = facts.hearing_until ||
                                 std::ranges::find(open, clock, &store::OpenClockRow::clock) != open.end();
            break;
        }
        case hearing_requested: facts.hearing_notice_to_serve = waits(DocumentKind::hearing_notice); break;
        default: break;
    }
    if (row_.state == defended || row_.state == hearing_requested || row_.state == hearing_called ||
        row_.state == heard)
        facts.new_facts_open = new_facts_open();
}

}  // namespace sponsio::service
