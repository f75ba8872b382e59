#include "server/service/tasks/inspection_service.hpp"

#include "server/domain/case_code.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/commitments.hpp"
#include "server/store/inspections.hpp"
#include "server/store/organisations.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

Json cap_view(store::InspectionCapRow const& cap) {
    return JsonObject{{"year", cap.year},
                      {"most", cap.most},
                      {"published_by", cap.published_by.text()},
                      {"published_at", to_rfc3339(cap.published_at)}};
}

Json named(db::PgSession& db, Json view) {
    name_people(db, view);
    return view;
}

}  // namespace

Async<Created> InspectionService::publish_cap(Caller<domain::Official> const& caller, RequestOnce once,
                                              domain::InspectionCap cap) {
    return ground_.db.run(
        caller.deadline, [this, caller, once = std::move(once), cap](db::PgSession& session) {
            Instant const now = ground_.clock.now();
            return create_once(
                session, ground_.vault, *caller.who, once, now, [&](db::PgSession& db) -> Outcome<Made> {
                    auto const before = store::inspection_cap(db, caller.who->organisation, cap.year);
                    store::InspectionCapRow const row{.organisation = caller.who->organisation,
                                                      .year = cap.year,
                                                      .serial = before ? before->serial + 1 : 1,
                                                      .most = cap.most,
                                                      .published_by = caller.who->account,
                                                      .published_at = now};
                    if (!store::insert(db, row))
                        return fault(problem::conflict, "Somebody else published this cap at the same time.",
                                     "他人同时公布了该年度上限，请查看后重试。");
                    return Made{"/v1/inspection-caps", named(db, cap_view(row))};
                });
        });
}

Async<Json> InspectionService::caps(Caller<domain::Official> const& caller) {
    return ground_.db.run(caller.deadline, [caller](db::PgSession& session) -> Outcome<Json> {
        json::Array items;
        for (store::InspectionCapRow const& cap :
             store::inspection_caps_of(session, caller.who->organisation))
            items.push_back(cap_view(cap));
        return named(session, JsonObject{{"items", std::move(items)}});
    });
}

Async<Json> InspectionService::look_up(std::string typed, Deadline deadline) {
    return ground_.db.run(
        deadline, [this, typed = std::move(typed)](db::PgSession& session) -> Outcome<Json> {
            auto const code = domain::read_case_code(typed);
            auto const found = code ? store::inspection_by_code(session, *code) : std::nullopt;
            if (!found) return fault(problem::not_found);
            auto const commitment = store::commitment_by_code(session, found->commitment_code);
            auto const unit = store::organisation_by_id(session, found->organisation);
            if (!commitment || !unit) return fault(problem::gone);
            auto const matter = ground_.matters.find(session, commitment->matter, commitment->matter_version);
            auto const cap =
                store::inspection_cap(session, unit->id, static_cast<int>(found->planned_on.year()));
            return Json(JsonObject{{"check_code", *found->check_code},
                                   {"state", domain::word(found->state)},
                                   {"planned_on", to_iso(found->planned_on)},
                                   {"unit_name", unit->name},
                                   {"unit_uscc", unit->uscc},
                                   {"matter_name", domain::to_json(matter->content.name)},
                                   {"approved_at", to_rfc3339(found->decision->at)},
                                   {"carried_out_at", or_null(found->carried_out_at)},
                                   {"yearly_cap", cap ? Json(cap->most) : Json()}});
        });
}

}  // namespace sponsio::service
