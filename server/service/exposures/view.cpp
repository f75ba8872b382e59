#include "server/service/exposures/view.hpp"

#include "server/base/internal.hpp"
#include "server/service/evidence/pieces.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::ExposureEvent;
using domain::ExposureState;
using domain::Json;
using domain::JsonObject;

/// Steps that only the authority sees: they lead to who reported it, or prepare what may never come.
constexpr ExposureEvent inner[] = {ExposureEvent::screen,         ExposureEvent::return_screening,
                                   ExposureEvent::explain,        ExposureEvent::call_meeting,
                                   ExposureEvent::settle_meeting, ExposureEvent::propose_exposure,
                                   ExposureEvent::check_exposure, ExposureEvent::refuse_exposure};

bool seen_by(ExposureSide side, std::string const& step) {
    if (side == ExposureSide::owner) return true;
    auto const event = domain::from_word<ExposureEvent>(step);
    return event && std::ranges::find(inner, *event) == std::end(inner);
}

/// Those rows of [{step or event, ...}] that this side sees.
Json seen_rows(ExposureSide side, Json const& rows, char const* member) {
    json::Array seen;
    for (Json const& row : rows.as_array())
        if (seen_by(side, row.at(member).as_string())) seen.push_back(row);
    return seen;
}

Json day_or_null(std::optional<Instant> const& end) {
    return end ? Json(to_iso(last_day(*end))) : Json();
}

/// The letters that went out with these steps, as they were then.
json::Array letters_in(Json const& steps) {
    json::Array letters;
    for (Json const& step : steps.as_array()) {
        Json const& said = step.at("said");
        Json const* letter = said.is_null() ? nullptr : said.find("letter");
        if (!letter) continue;
        letters.push_back(JsonObject{{"step", step.at("step")},
                                     {"number", said.at("number")},
                                     {"at", step.at("at")},
                                     {"zh", letter->at("zh")},
                                     {"en", letter->at("en")}});
    }
    return letters;
}

/// The letter of the last such step; null if there was none, or it was erased.
Outcome<Json> last_letter(db::PgSession& db, Vault const& vault, ExposureId id, ExposureEvent event) {
    auto const said = said_last(db, vault, id.raw(), domain::word(event));
    if (!said && said.error().problem != &problem::gone) return said.error();
    return said && *said ? (*said)->at("letter") : Json();
}

Outcome<std::string> name_of(db::PgSession& db, OrganisationId id) {
    auto const row = store::organisation_by_id(db, id);
    if (!row) return internal("organisation of an exposure");
    return row->name;
}

Outcome<Json> reports_view(db::PgSession& db, Vault const& vault, store::ExposureRow const& row,
                           ExposureSide side) {
    json::Array list;
    for (store::ExposureReportRow const& one : store::reports_of(db, row.id)) {
        if (side != ExposureSide::owner && one.anonymous) continue;
        auto said = vault.open_json(one.content, store::report_label(one.id));
        if (!said && said.error().problem != &problem::gone) return said.error();
        auto files = side == ExposureSide::owner ? evidence_views(db, vault, store::CaseFiles{one.id.raw()})
                                                 : Outcome<json::Array>(json::Array{});
        if (!files) return files.error();
        list.push_back(JsonObject{{"report_id", one.id.text()},
                                  {"source", domain::word(one.source)},
                                  {"anonymous", one.anonymous},
                                  {"reported_at", to_rfc3339(one.reported_at)},
                                  {"said", said ? std::move(*said) : Json()},
                                  {"helped_at", or_null(one.helped_at)},
                                  {"files", std::move(*files)}});
    }
    return Json(std::move(list));
}

}  // namespace

std::optional<ExposureSide> side_of(store::ExposureRow const& row, domain::Official const& who) {
    if (row.organisation == who.organisation) return ExposureSide::owner;
    if (row.unit == who.organisation && row.asked_by) return ExposureSide::unit;
    if (row.superior == who.organisation && row.ordered_by) return ExposureSide::superior;
    return std::nullopt;
}

JsonObject exposure_summary(store::ExposureRow const& row, domain::Catalogue const& catalogue, Instant now) {
    domain::ProofItem const* item = row.item ? catalogue.find(*row.item) : nullptr;
    return {{"exposure_id", row.id.text()},
            {"state", domain::word(row.state)},
            {"authority", domain::word(row.authority)},
            {"region_code", row.region},
            {"unit_name", row.unit_name},
            {"unit_uscc", or_null(row.unit_uscc)},
            {"unit_kind", domain::word(row.unit_kind)},
            {"demand", domain::word(row.demand)},
            {"asked_on", to_iso(row.asked_on)},
            {"item_id", or_null(row.item)},
            {"item_name", item ? domain::to_json(item->name) : Json()},
            {"match_score", row.match_score},
            {"matched_by", domain::word(row.matched_by)},
            {"proof_label", or_null(row.proof_label)},
            {"result", or_null(row.result)},
            {"opened_at", to_rfc3339(row.opened_at)},
            {"due_on", day_or_null(row.due_at)},
            {"overdue", row.due_at && now >= *row.due_at},
            {"rule", or_null(row.rule)},
            {"repeat_no", row.repeat_no}};
}

Outcome<Json> exposure_view(db::PgSession& db, ExposureParts const& parts, store::ExposureRow const& row,
                            ExposureSide side, Instant now) {
    auto const authority = name_of(db, row.organisation);
    if (!authority) return authority.error();
    auto const superior = row.superior ? name_of(db, *row.superior) : Outcome<std::string>(std::string());
    if (!superior) return superior.error();
    auto reports = reports_view(db, parts.vault, row, side);
    if (!reports) return reports.error();
    auto files = evidence_views(db, parts.vault, store::CaseFiles{row.id.raw()});
    if (!files) return files.error();
    auto steps = steps_view(db, parts.vault, row.id.raw());
    if (!steps) return steps.error();
    Json seen = seen_rows(side, *steps, "step");
    JsonObject json = exposure_summary(row, parts.catalogue, now);
    json.add("authority_name", *authority)
        .add("superior_name", row.superior ? Json(*superior) : Json())
        .add("meetings", row.meetings)
        .add("correction_evidence_id", or_null(row.correction))
        .add("level", or_null(row.level))
        .add("exposed_at", or_null(row.exposed_at))
        .add("shown_until", day_or_null(row.shown_until))
        .add("corrected_at", or_null(row.corrected_at))
        .add("appeal_open", row.appeal_open)
        .add("appeal_due_on", day_or_null(row.appeal_due_at))
        .add("withdrawn_at", or_null(row.withdrawn_at))
        .add("letters", letters_in(seen))
        .add("reports", std::move(*reports))
        .add("files", std::move(*files))
        .add("steps", std::move(seen))
        .add("history", seen_rows(side, history_view(store::history(db, row.id.text())), "event"));
    Json answer(std::move(json));
    name_people(db, answer);
    return answer;
}

Outcome<Json> public_exposure(db::PgSession& db, Vault const& vault, store::ExposureRow const& row) {
    auto const authority = name_of(db, row.organisation);
    if (!authority) return authority.error();
    bool const withdrawn = row.withdrawn_at.has_value();
    auto notice =
        last_letter(db, vault, row.id, withdrawn ? ExposureEvent::uphold_appeal : ExposureEvent::expose);
    if (!notice) return notice.error();
    return Json(JsonObject{{"exposure_id", row.id.text()},
                           {"unit_name", row.unit_name},
                           {"unit_kind", domain::word(row.unit_kind)},
                           {"region_code", row.region},
                           {"authority_name", *authority},
                           {"exposed_at", to_rfc3339(row.exposed_at.value())},
                           {"shown_until", day_or_null(row.shown_until)},
                           {"proof_label", withdrawn ? Json() : or_null(row.proof_label)},
                           {"item_id", withdrawn ? Json() : or_null(row.item)},
                           {"result", withdrawn ? Json() : or_null(row.result)},
                           {"orders", withdrawn ? Json() : Json(row.repeat_no + 1)},
                           {"corrected_at", withdrawn ? Json() : or_null(row.corrected_at)},
                           {"withdrawn_at", or_null(row.withdrawn_at)},
                           {"notice", std::move(*notice)}});
}

}  // namespace sponsio::service
