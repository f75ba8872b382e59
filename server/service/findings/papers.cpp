#include "server/service/findings/papers.hpp"

#include "crypto/digest.hpp"
#include "server/base/internal.hpp"
#include "server/domain/paper_templates.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/store/organisations.hpp"
#include "server/store/records.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using store::DocumentKind;

constexpr Reason in_past{"in_past", "lies in the past", "早于今日"};
constexpr Reason too_far{"out_of_range", "lies more than 90 days ahead", "晚于今日九十日以上"};

constexpr int farthest_service = 90;  ///< days: a paper is made to be served, not to be kept

}  // namespace

Outcome<Date> service_day(std::optional<Date> const& wish, Date today) {
    if (!wish) return today;
    if (*wish < today) return bad_field("/serve_by", in_past);
    if (*wish > domain::add_calendar_days(today, farthest_service)) return bad_field("/serve_by", too_far);
    return *wish;
}

DocumentId keep_paper(db::PgSession& db, Vault const& vault, PaperDraft const& draft, Bilingual const& text) {
    auto const id = new_id<DocumentId>(draft.now);
    std::string const content = json::canonical(domain::to_json(text));
    store::insert(db, store::DocumentRow{.id = id,
                                         .finding = draft.finding,
                                         .kind = draft.kind,
                                         .number = draft.number,
                                         .content = vault.seal(content, document_label(id)),
                                         .digest = crypto::sha256(as_bytes(content)),
                                         .made_by = draft.by,
                                         .made_at = draft.now,
                                         .about = draft.about,
                                         .words = domain::template_name(domain::word(draft.kind))});
    return id;
}

void keep_stated(db::PgSession& db, DocumentId paper, FindingPeriods const& periods, Date serve_by) {
    for (auto const& [clock, period] : periods.list) {
        auto const origin = period.end ? ClockText::of(*period.end) : ClockText::open(period.rule);
        store::StatedPeriodRow row{.document = paper,
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
        store::insert(db, row);
    }
}

Outcome<void> answer_on_paper(db::PgSession& db, Ground const& ground, domain::Official const& who,
                              Instant now, Answered const& answered, DocumentKind kind,
                              std::string const& number,
                              std::function<Bilingual(domain::AnswerText const&)> const& compose) {
    auto const id = store::finding_of_record(db, answered.record);
    auto const finding = id ? store::finding_by_id(db, *id) : std::nullopt;
    auto const unit = store::organisation_by_id(db, who.organisation);
    if (!finding || !unit) return internal("finding of a record");
    auto const commitment = open_commitment(db, ground.vault, ground.matters, finding->commitment_code);
    if (!commitment) return commitment.error();
    Date const today = china_date(now);
    PeriodSetter const setter(ground.rules, ground.calendar, unit->region_code);
    auto const periods = setter.remedies({today, domain::ServiceMethod::in_person}, today);
    if (!periods) return periods.error();
    domain::AnswerText const about{
        .agency = who.organisation_name,
        .number = number,
        .committer = answered.addressee.value_or(commitment->committer_name()),
        .id = answered.of.text(),
        .record = answered.record.text(),
        .filed_on = answered.filed_on,
        .made_on = today,
        .remedies = {stated(periods->list[0], today), stated(periods->list[1], today)}};
    auto const paper = keep_paper(db, ground.vault,
                                  {.finding = finding->id,
                                   .kind = kind,
                                   .number = number,
                                   .by = who.account,
                                   .now = now,
                                   .about = answered.of},
                                  compose(about));
    keep_stated(db, paper, *periods, today);
    return {};
}

Json answers_view(db::PgSession& db, Uuid const& of) {
    json::Array list;
    for (store::DocumentRow const& paper : store::documents_about(db, of))
        list.push_back(JsonObject{{"document_id", paper.id.text()},
                                  {"kind", domain::word(paper.kind)},
                                  {"number", paper.number},
                                  {"digest_sha256", to_hex(paper.digest)},
                                  {"made_at", to_rfc3339(paper.made_at)}});
    return list;
}

Outcome<Json> newest_answer(db::PgSession& db, Vault const& vault, Uuid const& of) {
    auto const papers = store::documents_about(db, of);
    if (papers.empty()) return Json();
    auto text = vault.open_json(papers.back().content, document_label(papers.back().id));
    if (!text && text.error().problem == &problem::gone) return Json();
    return text;
}

}  // namespace sponsio::service
