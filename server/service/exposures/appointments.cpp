#include "server/service/exposures/appointments.hpp"

#include "server/base/internal.hpp"
#include "server/domain/region.hpp"
#include "server/domain/second_person.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/reach.hpp"
#include "server/service/unit/separation.hpp"
#include "server/store/events.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Holding;
using domain::Json;
using domain::JsonObject;
using store::ExposureAuthorityRow;

/// The newest of each place and authority among those that were written by this server.
std::vector<ExposureAuthorityRow> in_force(db::PgSession& db, Vault const& vault,
                                           std::optional<std::string> const& region) {
    auto rows = store::confirmed_authorities(db, region);
    std::erase_if(rows, [&](auto const& row) { return !is_believed(vault, row); });
    auto const of_one_place = [](auto const& a, auto const& b) {
        return a.region == b.region && a.authority == b.authority;
    };
    auto const older = std::ranges::unique(rows, of_one_place);
    rows.erase(older.begin(), older.end());
    return rows;
}

void tell(db::PgSession& db, ExposureAuthorityRow const& row, std::string event, std::string to, AccountId by,
          Instant now) {
    store::append(db, store::Event{.at = now,
                                   .lifecycle = "exposure authority",
                                   .subject = row.id.text(),
                                   .event = std::move(event),
                                   .to = std::move(to),
                                   .actor = by,
                                   .why = std::string(domain::word(row.authority)) + " " + row.region,
                                   .organisation = row.organisation});
}

Outcome<Json> view_of(db::PgSession& db, ExposureAuthorityRow const& row) {
    auto const unit = store::organisation_by_id(db, row.organisation);
    if (!unit) return internal("an authority without organisation");
    Json view = JsonObject{{"appointment_id", row.id.text()},
                           {"authority", domain::word(row.authority)},
                           {"region_code", row.region},
                           {"organisation_uscc", unit->uscc},
                           {"organisation_name", unit->name},
                           {"appointed_by", row.appointed_by.text()},
                           {"appointed_at", to_rfc3339(row.appointed_at)},
                           {"confirmed_by", or_null(row.confirmed_by)},
                           {"confirmed_at", or_null(row.confirmed_at)}};
    name_people(db, view);
    return view;
}

}  // namespace

std::optional<OrganisationId> authority_for(db::PgSession& db, Vault const& vault,
                                            domain::ExposureAuthority authority, std::string const& region) {
    auto const rows = in_force(db, vault, region);
    auto const found = std::ranges::find(rows, authority, &ExposureAuthorityRow::authority);
    return found == rows.end() ? std::nullopt : std::optional(found->organisation);
}

bool is_authority_over(db::PgSession& db, Vault const& vault, OrganisationId organisation,
                       domain::ExposureAuthority authority, std::string const& region) {
    return std::ranges::any_of(in_force(db, vault, std::nullopt), [&](ExposureAuthorityRow const& row) {
        return row.organisation == organisation && row.authority == authority &&
               domain::lies_within(region, row.region);
    });
}

bool is_authority(db::PgSession& db, Vault const& vault, OrganisationId organisation) {
    auto const rows = in_force(db, vault, std::nullopt);
    return std::ranges::find(rows, organisation, &ExposureAuthorityRow::organisation) != rows.end();
}

Async<Created> ExposureAppointments::appoint(Caller<Official> const& caller, RequestOnce once,
                                             domain::AuthorityDraft draft) {
    return parts_.db.run(caller.deadline, [this, caller, once = std::move(once),
                                           draft = std::move(draft)](db::PgSession& session) {
        auto const make = [&](db::PgSession& db) -> Outcome<Made> {
            Instant const now = parts_.clock.now();
            auto const unit = store::organisation_by_uscc(db, draft.uscc);
            if (!unit || !reaches(db, parts_.vault, *caller.who, Holding::registry, unit->id))
                return bad_field("/organisation_uscc", reason::no_such_thing, form::known_thing);
            ExposureAuthorityRow const row{new_id<ExposureAppointmentId>(now),
                                           draft.authority,
                                           unit->region_code,
                                           unit->id,
                                           caller.who->account,
                                           now};
            insert_proven(db, parts_.vault, row);
            tell(db, row, "appoint", "appointed", caller.who->account, now);
            auto view = view_of(db, row);
            if (!view) return view.error();
            return Made{"/v1/exposure-authorities", std::move(*view)};
        };
        return create_once(session, parts_.vault, *caller.who, once, parts_.clock.now(), make);
    });
}

Async<Json> ExposureAppointments::confirm(Caller<Official> const& caller, ExposureAppointmentId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto row = store::lock_exposure_authority(db, id);
            if (!row || !reaches(db, parts_.vault, *caller.who, Holding::registry, row->organisation))
                return fault(problem::not_found);
            if (row->confirmed_at)
                return fault(problem::conflict, "This appointment is confirmed already.", "该任命已经确认。");
            AccountId const by = caller.who->account;
            Persons const persons(db, {by, row->appointed_by});
            auto const another = domain::second_person(persons.of(by), persons.of(row->appointed_by),
                                                       "Who appointed an authority does not confirm it.",
                                                       "提出确定主管单位的人不得确认。");
            if (!another) return another.error();
            Instant const now = parts_.clock.now();
            change_proven(db, parts_.vault, *row, [&](auto& confirmed) {
                confirmed.confirmed_by = by;
                confirmed.confirmed_at = now;
            });
            tell(db, *row, "confirm", "confirmed", by, now);
            return view_of(db, *row);
        });
    });
}

Async<Page> ExposureAppointments::list(Caller<Official> const& caller,
                                       std::optional<ExposureAppointmentId> after, int limit) {
    return parts_.db.run(caller.deadline, [this, caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        auto const reach = Reach::of(db, parts_.vault, *caller.who, Holding::registry);
        Page page;
        for (auto const& row : store::exposure_authorities_after(db, reach.organisations(), after, limit)) {
            auto view = view_of(db, row);
            if (!view) return view.error();
            page.add(std::move(*view), row.id.text());
        }
        return page;
    });
}

Async<Json> ExposureAppointments::authorities(Deadline deadline) {
    return parts_.db.run(deadline, [this](db::PgSession& db) -> Outcome<Json> {
        json::Array list;
        for (auto const& row : in_force(db, parts_.vault, std::nullopt)) {
            auto const unit = store::organisation_by_id(db, row.organisation);
            if (!unit) return internal("an authority without organisation");
            list.push_back(JsonObject{{"authority", domain::word(row.authority)},
                                      {"region_code", row.region},
                                      {"organisation_name", unit->name},
                                      {"since", or_null(row.confirmed_at)}});
        }
        return Json(JsonObject{{"items", std::move(list)}});
    });
}

}  // namespace sponsio::service
