#include "server/base/form.hpp"
#include "server/domain/rule_explanation.hpp"
#include "server/domain/rule_ids.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/unit/case_clock.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/evidence.hpp"

#include <algorithm>
#include <array>

/// The service of a finding's papers: what proves it, from which day its periods run, and the second person
/// of what is recorded late.
namespace sponsio::service {
namespace {

using domain::FindingEvent;
using store::DocumentKind;

constexpr Reason before_paper{"before_paper", "lies before the paper was made", "早于文书制作的时间"};
constexpr Reason other_paper{"other_paper", "is not the digest of the paper that is to be served",
                             "不是待送达文书的摘要"};
constexpr Reason replaced_paper{"replaced_paper", "is the digest of a paper that was composed anew since",
                                "该文书其后已重新制作"};
constexpr Reason older_file{"before_paper", "was taken in before the paper was made",
                            "早于文书制作的时间存入"};
constexpr Reason late{"late", "is required for a service that is recorded this late",
                      "补录较早的送达须填写补录原因"};

Fault late_without_reason() {
    Fault refused = bad_field("/late_reason", late, form::text);
    std::string const rule(domain::rule::service_entry.text);
    refused.detail = {
        "The service is recorded later than the rule " + rule +
            " allows; say why in late_reason. A second person then confirms it, and the periods run from the "
            "day of that confirmation less the days of the rule.",
        "送达记录晚于规则 " + rule +
            " 规定的期限：请在 late_reason 中说明原因，由另一人确认；期限自确认之日减去该规则天数之日起算。"};
    return refused;
}

Fault waits_already() {
    return fault(problem::conflict,
                 "A late entry of a service waits for its second person; let it be decided first.",
                 "有一项送达补录正在等待另一人确认，请先作出处理。");
}

bool names_period(std::vector<store::StatedPeriodRow> const& said, FindingPeriods::Named const& one) {
    auto const rule = domain::rule_name(one.period.rule);
    return std::ranges::find(said, rule, &store::StatedPeriodRow::rule) != said.end();
}

/// Whether the notice says that a hearing may be asked for.
bool tells_of_hearing(std::vector<store::StatedPeriodRow> const& said) {
    return std::ranges::find(said, domain::rule::hearing_request.text, &store::StatedPeriodRow::clock) !=
           said.end();
}

std::string text_of(domain::Service const& service) {
    domain::JsonObject text{{"late_reason", *service.late_reason}, {"receipt", service.receipt}};
    if (service.left_proof) text.add("left_proof", domain::word(*service.left_proof));
    if (service.consent) text.add("consent_evidence_id", service.consent->text());
    return json::canonical(text);
}

}  // namespace

Outcome<void> FindingCase::check_service(domain::Service const& service,
                                         store::DocumentRow const& paper) const {
    if (service.served_at > now_) return bad_field("/served_at", reason::in_future);
    if (service.digest && *service.digest != to_hex(paper.digest)) {
        auto const is_named = [&](store::ServedDocument const& one) {
            return to_hex(one.document.digest) == *service.digest;
        };
        bool const older = std::ranges::any_of(store::documents_of(db_, row_.id), is_named);
        return bad_field("/digest_sha256", older ? replaced_paper : other_paper);
    }
    if (service.served_at < paper.made_at) return bad_field("/served_at", before_paper);
    auto const ways = parts_.rules.list(domain::rule::service_ways, region(), china_date(now_));
    if (!ways) return ways.error();
    if (std::ranges::find(*ways, domain::word(service.method)) == ways->end())
        return by_rule(bad_field("/method", reason::not_allowed_here), parts_.rules,
                       domain::rule::service_ways, region(), china_date(now_));
    // The party confirms the address before there is a paper, so the consent may be older than it.
    if (service.consent) {
        auto const files = store::evidence_of(db_, row_.id);
        if (std::ranges::find(files, *service.consent, &store::EvidenceRow::id) == files.end())
            return bad_field("/consent_evidence_id", reason::no_such_thing, form::known_thing);
    }
    return check_file("/receipt_evidence_id", service.evidence, paper);
}

/// What the party signs for a paper comes after it, so no file from before the paper can be it.
Outcome<void> FindingCase::check_file(char const* pointer, EvidenceId id,
                                      store::DocumentRow const& paper) const {
    auto const files = store::evidence_of(db_, row_.id);
    auto const file = std::ranges::find(files, id, &store::EvidenceRow::id);
    if (file == files.end()) return bad_field(pointer, reason::no_such_thing, form::known_thing);
    if (file->added_at < paper.made_at) return bad_field(pointer, older_file);
    return {};
}

Outcome<void> FindingCase::no_late_service_waits() const {
    if (store::lock_waiting_late_service(db_, row_.id)) return waits_already();
    return {};
}

Outcome<void> FindingCase::record_service(DocumentKind kind, domain::Service const& service) {
    auto const paper = newest_paper(kind);
    if (!paper) return paper.error();
    if (auto fits = check_service(service, paper->document); !fits) return fits;
    if (auto free = no_late_service_waits(); !free) return free;
    auto const entry = domain::service_entry(parts_.rules, region(), service.served_at, now_);
    if (!entry) return entry.error();
    // A dismissal burdens nobody: no period runs from its service.
    bool const needs_another = entry->late() && kind != DocumentKind::dismissal;
    if (needs_another) return record_late_service(paper->document, service);
    if (service.late_reason) return bad_field("/late_reason", reason::not_allowed_here);
    return count_service(paper->document,
                         {.document = paper->document.id,
                          .served_at = service.served_at,
                          .method = service.method,
                          .receipt = parts_.vault.seal(service.receipt, receipt_label(paper->document.id)),
                          .recorded_by = who_->account,
                          .recorded_at = now_,
                          .digest = paper->document.digest,
                          .evidence = service.evidence,
                          .counts_from = entry->counts_from,
                          .left_proof = service.left_proof,
                          .consent = service.consent});
}

Outcome<void> FindingCase::record_late_service(store::DocumentRow const& paper,
                                               domain::Service const& service) {
    if (!service.late_reason) {
        Fault refused = late_without_reason();
        if (auto const rule = parts_.rules.find(domain::rule::service_entry, region(), china_date(now_)))
            refused.explanation = domain::explanation_link(*rule);
        return refused;
    }
    auto const id = new_id<LateServiceId>(now_);
    store::LateServiceRow const row{
        request_of(id, {parts_.vault, text_of(service), labels_of(id)}, who_->account, now_), paper.id,
        service.served_at, service.method, service.evidence};
    return ask(db_, domain::late_service_lifecycle, row, waits_already(),
               {.subject = row_.id.text(), .actor = actor(), .now = now_, .why = paper.number});
}

Outcome<void> FindingCase::decide_late_service(domain::LateServiceDecision const& decision) {
    auto row = store::lock_waiting_late_service(db_, row_.id);
    if (!row)
        return fault(problem::wrong_step, "No late entry of a service waits for a second person.",
                     "没有等待确认的送达补录。");
    auto const paper = store::document_by_id(db_, row->document);
    auto const event =
        decision.confirmed ? domain::LateServiceEvent::confirm : domain::LateServiceEvent::refuse;
    Persons const persons(db_, {who_->account, row->asked_by});
    Said const said{parts_.vault, decision.opinion, labels_of(row->id)};
    if (auto decided = service::decide(
            db_, domain::late_service_lifecycle, *row, event,
            {.actor = persons.of(who_->account), .recorded_by = persons.of(row->asked_by)}, said,
            {.subject = row_.id.text(), .actor = actor(), .now = now_, .why = paper->document.number});
        !decided)
        return decided;
    if (!decision.confirmed) return {};
    // The record is complete only now, so the periods are counted from now.
    auto const entry = domain::service_entry(parts_.rules, region(), row->served_at, now_);
    if (!entry) return entry.error();
    auto const text = parts_.vault.open_json(row->why, labels_of(row->id).why);
    if (!text) return text.error();
    std::string const& receipt = text->at("receipt").as_string();
    domain::Json const* const left = text->find("left_proof");
    domain::Json const* const consent = text->find("consent_evidence_id");
    return count_service(
        paper->document,
        {.document = row->document,
         .served_at = row->served_at,
         .method = row->method,
         .receipt = parts_.vault.seal(receipt, receipt_label(row->document)),
         .recorded_by = row->asked_by,
         .recorded_at = now_,
         .digest = paper->document.digest,
         .evidence = row->evidence,
         .counts_from = entry->counts_from,
         .left_proof = left ? domain::from_word<domain::LeftProof>(left->as_string()) : std::nullopt,
         .consent = consent ? EvidenceId::parse(consent->as_string()) : std::nullopt});
}

/// By the rules of the unit's region on the day from which they run; a decision's two remedies, a notice's
/// one period, and none of a dismissal.
Outcome<FindingPeriods> FindingCase::periods_of(store::DocumentRow const& paper,
                                                store::ServiceRow const& service) const {
    if (paper.kind == DocumentKind::dismissal) return FindingPeriods{};
    Serving const serving{service.counts_from.value_or(china_date(service.served_at)), service.method};
    auto const said = store::stated_periods_of(db_, paper.id);
    auto periods = [&]() -> Outcome<FindingPeriods> {
        switch (paper.kind) {
            case DocumentKind::prior_notice: return setter().defence(serving, tells_of_hearing(said));
            case DocumentKind::order: return setter().order(serving);
            default: return setter().remedies(serving, china_date(paper.made_at));
        }
    }();
    if (!periods) return periods;
    periods->hold_to(said);
    return periods;
}

/// That the party reached the notice of the hearing, early enough before its day. No period runs from it.
Outcome<void> FindingCase::count_hearing_notice(store::DocumentRow const& paper,
                                                store::ServiceRow const& service) {
    auto const ahead = hearing_is_ahead({service.counts_from.value(), service.method});
    if (!ahead) return ahead;
    if (auto moved = advance(FindingEvent::serve_hearing_notice, paper.number); !moved) return moved;
    store::insert(db_, service);
    return {};
}

/// Puts the service down and starts its periods.
Outcome<void> FindingCase::count_service(store::DocumentRow const& paper, store::ServiceRow const& service) {
    if (paper.kind == DocumentKind::hearing_notice) return count_hearing_notice(paper, service);
    auto const periods = periods_of(paper, service);
    if (!periods) return periods.error();
    bool const notice = paper.kind == DocumentKind::prior_notice;
    bool const order = paper.kind == DocumentKind::order;
    // The paper promised a length. Where the rule of the day has another one, it misinforms.
    if ((notice || order) && !names_period(store::stated_periods_of(db_, paper.id), periods->list.back()))
        return fault(problem::conflict,
                     "The paper names another period than the rules on the day of service; compose it anew.",
                     "文书所载期限与送达之日适用的规则不一致，请重新制作。");
    std::optional<std::string> rule;
    if (!periods->list.empty()) rule = periods->line();
    auto const event = notice  ? FindingEvent::serve_prior_notice
                       : order ? FindingEvent::serve_order
                               : FindingEvent::serve_decision;
    // The lifecycle looks whether the paper is served already, so it is asked first.
    if (auto moved = advance(event, paper.number, std::move(rule)); !moved) return moved;
    store::insert(db_, service);
    keep(db_, row_.id, *periods);
    if (notice) set_defence_end(*periods);
    if (paper.kind == DocumentKind::decision) set_remedy_end(*periods);
    return {};
}

}  // namespace sponsio::service
