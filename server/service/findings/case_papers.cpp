#include "server/base/internal.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/findings/papers.hpp"
#include "server/store/organisations.hpp"

#include <ranges>

/// The papers of a finding: what they say and what they promise.
namespace sponsio::service {
namespace {

using store::DocumentKind;

}  // namespace

/// The paper that counts: the newest of its kind.
Outcome<store::ServedDocument> FindingCase::newest_paper(DocumentKind kind) const {
    auto papers = store::documents_of(db_, row_.id);
    for (auto& paper : papers | std::views::reverse)
        if (paper.document.kind == kind) return std::move(paper);
    return internal("a finding without its paper");
}

Outcome<Date> FindingCase::serve_by(std::optional<Date> const& wish) const {
    return service_day(wish, china_date(now_));
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
    return keep_paper(db_, parts_.vault,
                      {.finding = row_.id, .kind = kind, .number = number, .by = who_->account, .now = now_},
                      text);
}

/// Says that no breach is established: the paper, and the commitment is kept.
Outcome<void> FindingCase::make_dismissal(domain::Decision const& decision, bool notified) {
    auto const text = case_text(decision.number);
    if (!text) return text.error();
    make_paper(DocumentKind::dismissal, decision.number,
               domain::compose_dismissal(*text, decision, notified));
    return clear_commitment();
}

PeriodSetter FindingCase::setter() const {
    return {parts_.rules, parts_.calendar, region()};
}

std::string FindingCase::region() const {
    return store::organisation_by_id(db_, row_.organisation).value().region_code;
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
