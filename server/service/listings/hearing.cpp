#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/service/findings/papers.hpp"
#include "server/service/listings/service.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/organisations.hpp"

/// The hearing in a case of the serious list: called by a notice, held by its chair.
namespace sponsio::service {
namespace {

using domain::JsonObject;
using domain::ListingEvent;
using store::DocumentKind;

constexpr Reason too_soon{"too_soon", "leaves the party less time than the rule gives before a hearing",
                          "不足规则规定的听证通知期限"};
constexpr Reason no_chair{"no_such_thing", "is nobody of this unit who can chair",
                          "不是本单位可以主持听证的人员"};

}  // namespace

/// The party has so many working days between the notice and the hearing (Administrative Penalty Law art.
/// 64).
Outcome<void> ListingService::hearing_is_ahead(Open const& open, Serving const& serving) const {
    auto const by = counted_by(open);
    if (!by) return by.error();
    auto const periods = PeriodSetter(parts_.rules, parts_.calendar, by->region).hearing_notice(serving);
    if (!periods) return periods.error();
    domain::Period const& notice = periods->list.back().period;
    if (!notice.end)
        return fault(problem::calendar_unknown,
                     "The official calendar up to the day of the hearing is not known yet.",
                     "截至听证之日的官方工作日历尚未公布。");
    if (china_date(open.row.hearing_at.value()) >= notice.end->date) return {};
    Fault refused = bad_field("/at", too_soon);
    refused.detail = {"The hearing is held on " + to_iso(notice.end->date) + " at the earliest.",
                      "听证最早可于 " + to_iso(notice.end->date) + " 举行。"};
    return by_rule(std::move(refused), notice.rule);
}

Async<domain::Json> ListingService::call_hearing(Caller<Official> const& caller, ListingId id,
                                                 domain::HearingNotice notice) {
    return on_listing(caller, id, [this, n = std::move(notice)](Open& open) -> Outcome<void> {
        auto const chair = store::account_by_id(open.db, n.chair);
        bool const here = chair && chair->organisation == open.row.organisation && !chair->closed_at;
        if (here) {
            open.row.hearing_chair = n.chair;
            open.row.hearing_at = n.at;
        }
        domain::Json const said = JsonObject{{"at", to_rfc3339(n.at)}, {"place", n.place}};
        if (auto moved = advance(open, ListingEvent::call_hearing, said, n.number); !moved) return moved;
        if (!here || !Persons(open.db, {n.chair}).known(n.chair))
            return bad_field("/chair_id", no_chair, form::known_thing);
        auto const day = service_day(n.serve_by, china_date(open.now));
        if (!day) return day.error();
        auto const ahead = hearing_is_ahead(open, {*day, domain::ServiceMethod::in_person});
        if (!ahead) return ahead;
        auto const about = text(open, n.number);
        if (!about) return about.error();
        auto const paper = make_paper(open, DocumentKind::listing_hearing_notice, n.number,
                                      domain::compose_hearing_notice(about->about, n, chair->name));
        if (!paper) return paper.error();
        return {};
    });
}

Async<domain::Json> ListingService::hold_hearing(Caller<Official> const& caller, ListingId id,
                                                 domain::HearingRecord record) {
    return on_listing(caller, id, [this, r = std::move(record)](Open& open) -> Outcome<void> {
        JsonObject said{{"record", r.record}, {"opinion", r.opinion}, {"attended", r.attended}};
        if (r.new_facts) said.add("new_facts", *r.new_facts);
        if (auto moved = advance(open, ListingEvent::hold_hearing, std::move(said), r.number); !moved)
            return moved;
        auto const there =
            check_case_file(open.db, open.row.id.raw(), "/signed_evidence_id", r.signed_record);
        if (!there) return there;
        auto const chair = store::account_by_id(open.db, open.who.account);
        if (!chair) return internal("the account of a chair");
        auto const about = text(open, r.number);
        if (!about) return about.error();
        auto const paper = make_paper(
            open, DocumentKind::listing_hearing_record, r.number,
            domain::compose_hearing_record(about->about, r, chair->name, open.row.hearing_at.value()));
        if (!paper) return paper.error();
        return {};
    });
}

}  // namespace sponsio::service
