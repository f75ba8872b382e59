#include "server/service/findings/case.hpp"
#include "server/service/unit/clock_text.hpp"

#include <algorithm>

/// The papers of a finding: what they say, what they promise, and the record of their service.
namespace sponsio::service {
namespace {

using domain::FindingState;
using store::DocumentKind;

constexpr Reason in_past{"in_past", "lies in the past", "早于今日"};
constexpr Reason too_far{"out_of_range", "lies more than 90 days ahead", "晚于今日九十日以上"};
constexpr Reason before_paper{"before_paper", "lies before the paper was made", "早于文书制作的时间"};
constexpr Reason other_paper{"other_paper", "is not the digest of the paper that is to be served",
                             "不是待送达文书的摘要"};
constexpr Reason replaced_paper{"replaced_paper", "is the digest of a paper that was composed anew since",
                                "该文书其后已重新制作"};

constexpr int farthest_service = 90;  ///< days: a paper is made to be served, not to be kept

}  // namespace

Outcome<void> FindingCase::check_service(domain::Service const& service,
                                         store::ServedDocument const& paper) const {
    if (service.served_at > now_) return bad_field("/served_at", reason::in_future);
    if (service.digest && *service.digest != to_hex(paper.document.digest)) {
        auto const is_named = [&](store::ServedDocument const& one) {
            return to_hex(one.document.digest) == *service.digest;
        };
        bool const older = std::ranges::any_of(store::documents_of(db_, row_.id), is_named);
        return bad_field("/digest_sha256", older ? replaced_paper : other_paper);
    }
    if (service.served_at < paper.document.made_at) return bad_field("/served_at", before_paper);
    return {};
}

Outcome<Date> FindingCase::serve_by(std::optional<Date> const& wish) const {
    Date const today = china_date(now_);
    if (!wish) return today;
    if (*wish < today) return bad_field("/serve_by", in_past);
    if (*wish > domain::add_calendar_days(today, farthest_service)) return bad_field("/serve_by", too_far);
    return *wish;
}

Outcome<domain::CaseText> FindingCase::case_text(std::string const& number) const {
    auto const commitment = open_commitment(db_, parts_.vault, parts_.matters, row_.commitment_code);
    if (!commitment) return commitment.error();
    auto const draft = parts_.vault.open_json(row_.draft, draft_label(row_.id, row_.version));
    if (!draft) return draft.error();
    return domain::CaseText{.agency = who_->organisation_name,
                            .number = number,
                            .committer = commitment->committer_name(),
                            .matter = commitment->matter->content.name,
                            .commitment_code = row_.commitment_code,
                            .finding = domain::FindingText::from_json(*draft),
                            .made_on = china_date(now_)};
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

/// Says that no breach is established: the paper, and the commitment is kept.
Outcome<void> FindingCase::make_dismissal(domain::Decision const& decision, bool notified) {
    auto const text = case_text(decision.number);
    if (!text) return text.error();
    make_paper(DocumentKind::dismissal, decision.number,
               domain::compose_dismissal(*text, decision, notified));
    return clear_commitment();
}

void FindingCase::keep_periods(DocumentId document, FindingPeriods const& stated, Date serve_by) {
    for (auto const& [clock, period] : stated.list) {
        auto const origin = period.end ? ClockText::of(*period.end) : ClockText::open(period.rule);
        store::StatedPeriodRow row{.document = document,
                                   .clock = clock,
                                   .rule = origin.rule,
                                   .rule_pack = origin.rule_pack,
                                   .calendar = {},
                                   .serve_by = serve_by,
                                   .last_day = {},
                                   .waits_for = {}};
        if (period.end) {
            row.calendar = origin.calendar;
            row.last_day = period.end->date;
        } else {
            row.waits_for = std::int32_t{int{period.waits_for.value()}};
        }
        store::insert(db_, row);
    }
}

void FindingCase::record_service(store::DocumentRow const& paper, domain::Service const& service) {
    store::insert(db_,
                  store::ServiceRow{.document = paper.id,
                                    .served_at = service.served_at,
                                    .method = service.method,
                                    .receipt = parts_.vault.seal(service.receipt, receipt_label(paper.id)),
                                    .recorded_by = who_->account,
                                    .recorded_at = now_,
                                    .digest = paper.digest});
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
