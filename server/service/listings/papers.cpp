#include "server/service/findings/papers.hpp"

#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/domain/service_entry.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/listings/service.hpp"
#include "server/service/matters/commitment_steps.hpp"
#include "server/service/records/corrections.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/store/evidence.hpp"
#include "server/store/organisations.hpp"
#include "server/store/records.hpp"

#include <algorithm>

/// The papers of a case of the serious list: what they say, and what proves their service.
namespace sponsio::service {
namespace {

using domain::ListingEvent;
using domain::ListingState;
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

/// What a state waits for: the step that its service is, and the paper.
struct Awaited {
    ListingEvent event;
    DocumentKind kind;
};

/// Where nothing is to be served, the lifecycle refuses the step.
Awaited awaited_in(ListingState state) {
    switch (state) {
        case ListingState::checked: return {ListingEvent::serve_notice, DocumentKind::listing_notice};
        case ListingState::hearing_requested:
            return {ListingEvent::serve_call, DocumentKind::listing_hearing_notice};
        default: return {ListingEvent::serve_decision, DocumentKind::listing_decision};
    }
}

}  // namespace

Outcome<domain::ListingText> ListingService::text(Open const& open, std::string const& number) const {
    auto const behind = finding_behind(open.db, facts_, open.row.record);
    if (!behind) return behind.error();
    auto const commitment =
        open_commitment(open.db, parts_.vault, parts_.matters, behind->row.commitment_code);
    if (!commitment) return commitment.error();
    auto const said = said_last(open.db, parts_.vault, open.row.id.raw(), "created");
    if (!said) return said.error();
    return domain::ListingText{
        .about = {.agency = open.who.organisation_name,
                  .number = number,
                  .committer = commitment->committer_name(),
                  .matter = commitment->matter->content.name,
                  .commitment_code = behind->row.commitment_code,
                  .finding = behind->text,
                  .made_on = china_date(open.now)},
        .finding_decision = behind->row.decision_number.value_or(""),
        .draft = domain::ListingDraft::from_said(open.row.record, open.row.ground, said->value())};
}

Outcome<DocumentId> ListingService::make_paper(Open const& open, DocumentKind kind, std::string const& number,
                                               Bilingual const& text) const {
    auto const finding = store::finding_of_record(open.db, open.row.record);
    if (!finding) return internal("finding of a record");
    return keep_paper(open.db, parts_.vault,
                      {.finding = *finding,
                       .kind = kind,
                       .number = number,
                       .by = open.who.account,
                       .now = open.now,
                       .about = open.row.id.raw()},
                      text);
}

/// Refuses a service in the future, before the paper was made, of another paper, in a way that the place does
/// not have, or without its receipt among the files of the case.
Outcome<store::ServiceRow> ListingService::service_of(Open const& open, store::DocumentRow const& paper,
                                                      domain::Service const& service) const {
    auto const by = counted_by(open);
    if (!by) return by.error();
    Date const today = china_date(open.now);
    if (service.served_at > open.now) return bad_field("/served_at", reason::in_future);
    if (!service.digest) return bad_field("/digest_sha256", reason::required, form::hex);
    if (*service.digest != to_hex(paper.digest)) {
        bool const older = std::ranges::any_of(
            store::documents_about(open.db, open.row.id.raw()),
            [&](store::DocumentRow const& one) { return to_hex(one.digest) == *service.digest; });
        return bad_field("/digest_sha256", older ? replaced_paper : other_paper);
    }
    if (service.served_at < paper.made_at) return bad_field("/served_at", before_paper);
    auto const ways = parts_.rules.list(domain::rule::service_ways, by->region, today);
    if (!ways) return ways.error();
    if (std::ranges::find(*ways, domain::word(service.method)) == ways->end())
        return by_rule(bad_field("/method", reason::not_allowed_here), parts_.rules,
                       domain::rule::service_ways, by->region, today);
    auto const files = store::evidence_of(open.db, store::CaseFiles{open.row.id.raw()});
    auto const file = [&](EvidenceId id) { return std::ranges::find(files, id, &store::EvidenceRow::id); };
    if (service.consent && file(*service.consent) == files.end())
        return bad_field("/consent_evidence_id", reason::no_such_thing, form::known_thing);
    auto const receipt = file(service.evidence);
    if (receipt == files.end() || receipt->excluded)
        return bad_field("/receipt_evidence_id", reason::no_such_thing, form::known_thing);
    if (receipt->added_at < paper.made_at) return bad_field("/receipt_evidence_id", older_file);
    auto const entry = domain::service_entry(parts_.rules, by->region, service.served_at, open.now);
    if (!entry) return entry.error();
    if (entry->late() && !service.late_reason)
        return by_rule(bad_field("/late_reason", late, form::text), parts_.rules, domain::rule::service_entry,
                       by->region, today);
    if (!entry->late() && service.late_reason) return bad_field("/late_reason", reason::not_allowed_here);
    return store::ServiceRow{.document = paper.id,
                             .served_at = service.served_at,
                             .method = service.method,
                             .receipt = parts_.vault.seal(service.receipt, receipt_label(paper.id)),
                             .recorded_by = open.who.account,
                             .recorded_at = open.now,
                             .digest = paper.digest,
                             .evidence = service.evidence,
                             .counts_from = entry->counts_from,
                             .left_proof = service.left_proof,
                             .consent = service.consent};
}

/// Starts the periods of the prior notice; what the paper promised holds where it is longer.
Outcome<void> ListingService::count_notice(Open& open, store::DocumentRow const& paper,
                                           store::ServiceRow const& service) const {
    auto const by = counted_by(open);
    if (!by) return by.error();
    auto const said = store::stated_periods_of(open.db, paper.id);
    bool const hearing = std::ranges::find(said, domain::rule::hearing_request.text,
                                           &store::StatedPeriodRow::clock) != said.end();
    PeriodSetter const setter(parts_.rules, parts_.calendar, by->region);
    auto periods = setter.defence({service.counts_from.value(), service.method}, hearing);
    if (!periods) return periods.error();
    periods->hold_to(said);
    for (FindingPeriods::Named const& one : periods->list) {
        auto const ends = one.period.end ? std::optional(one.period.end->ends) : std::nullopt;
        if (one.clock == domain::rule::defence.text) open.row.defence_until = ends;
        if (one.clock == domain::rule::hearing_request.text) open.row.hearing_until = ends;
    }
    return {};
}

Async<domain::Json> ListingService::serve(Caller<Official> const& caller, ListingId id,
                                          domain::Service service) {
    return on_listing(caller, id, [this, s = std::move(service)](Open& open) -> Outcome<void> {
        Awaited const awaited = awaited_in(open.row.state);
        domain::JsonObject said{{"served_at", to_rfc3339(s.served_at)},
                                {"method", domain::word(s.method)},
                                {"receipt", s.receipt},
                                {"receipt_evidence_id", s.evidence.text()}};
        if (s.late_reason) said.add("late_reason", *s.late_reason);
        if (auto moved = advance(open, awaited.event, std::move(said), open.row.number); !moved) return moved;
        auto const papers = store::served_about(open.db, open.row.id.raw());
        auto const paper = std::find_if(papers.rbegin(), papers.rend(),
                                        [&](auto const& one) { return one.document.kind == awaited.kind; });
        if (paper == papers.rend()) return internal("a listing without its paper");
        auto const row = service_of(open, paper->document, s);
        if (!row) return row.error();
        Serving const serving{row->counts_from.value(), s.method};
        if (awaited.event == ListingEvent::serve_call)
            if (auto ahead = hearing_is_ahead(open, serving); !ahead) return ahead;
        store::insert(open.db, *row);
        if (awaited.event == ListingEvent::serve_notice) return count_notice(open, paper->document, *row);
        if (awaited.event == ListingEvent::serve_call) return {};
        return list_now(open, serving);
    });
}

/// With the service of the decision the subject is on the list, and the platform hears of it.
Outcome<void> ListingService::list_now(Open& open, Serving const& serving) const {
    auto const by = counted_by(open);
    if (!by) return by.error();
    auto const record = store::record_by_id(open.db, open.row.record);
    if (!record) return internal("record of a listing");
    if (auto stands = check_stands(record->status); !stands) return stands;
    if (serving.method == domain::ServiceMethod::public_notice) {
        auto const told = by->from(domain::rule::public_notice, serving.counts_from);
        if (!told) return told.error();
        if (!told->due || open.now < *told->due)
            return by_rule(
                fault(problem::too_early,
                      "By public notice the subject counts as told once its period is over; record it then.",
                      "公告送达的，公告期满后方视为送达，请于期满后登记。"),
                by->rules, domain::rule::public_notice, by->region, serving.counts_from);
    }
    if (open.now >= open.row.ends_at.value())
        return fault(problem::too_late, "Its longest period ended before the decision was served.",
                     "决定书尚未送达，最长期限已届满。");
    open.row.listed_at = open.now;
    return tell_platform(open.db, open.row, open.who.account, open.now,
                         "列入严重失信主体名单，决定书文号 " + open.row.number.value());
}

}  // namespace sponsio::service
