#include "server/service/objections/view.hpp"

#include "server/base/internal.hpp"
#include "server/service/evidence/case_files.hpp"
#include "server/service/findings/papers.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/organisations.hpp"

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::ObjectionState;

bool answered(ObjectionState state) {
    return state == ObjectionState::decided || state == ObjectionState::under_review ||
           state == ObjectionState::reviewed;
}

Json last_day_of(std::optional<Instant> const& due) {
    return due ? Json(to_iso(last_day(*due))) : Json();
}

/// What the party is handed at the counter.
Json receipt(store::ObjectionRow const& row, std::string const& unit) {
    return domain::to_json(domain::compose_objection_receipt(
        {.unit = unit,
         .id = row.id.text(),
         .record = row.record.text(),
         .filed_on = china_date(row.filed_at),
         .answer_by = row.due_at ? std::optional(last_day(*row.due_at)) : std::nullopt,
         .rule = row.rule},
        row.ground));
}

/// The answer as the party gets it; while it is looked into again there is none.
Outcome<Json> answer_text(db::PgSession& db, Vault const& vault, store::ObjectionRow const& row) {
    if (!answered(row.state)) return Json();
    return newest_answer(db, vault, row.id.raw());
}

/// Of the steps only what was said to and by the platform.
Json for_the_platform(Json const& steps) {
    json::Array list;
    for (Json const& one : steps.as_array())
        if (one.at("step").as_string() == "created") list.push_back(one);
    return list;
}

}  // namespace

JsonObject objection_summary(store::ObjectionRow const& row, Instant now) {
    bool const waits = row.state == ObjectionState::filed || row.state == ObjectionState::proposed;
    return {{"objection_id", row.id.text()},
            {"record_id", row.record.text()},
            {"channel", domain::word(row.channel)},
            {"ground", domain::word(row.ground)},
            {"state", domain::word(row.state)},
            {"filed_at", to_rfc3339(row.filed_at)},
            {"due_on", last_day_of(row.due_at)},
            {"overdue", waits && row.due_at && now >= *row.due_at},
            {"rule", row.rule},
            {"outcome", answered(row.state) ? Json(domain::word(row.outcome.value())) : Json()}};
}

Outcome<Json> own_objection_view(db::PgSession& db, Vault const& vault, store::ObjectionRow const& row,
                                 Instant now) {
    auto const unit = store::organisation_by_id(db, row.organisation);
    if (!unit) return internal("unit of an objection");
    auto answer = answer_text(db, vault, row);
    if (!answer) return answer.error();
    JsonObject view = objection_summary(row, now);
    view.add("receipt", receipt(row, unit->name))
        .add("answer", std::move(*answer))
        .add("papers", answers_view(db, row.id.raw()));
    return Json(std::move(view));
}

Outcome<Json> objection_view(db::PgSession& db, Vault const& vault, store::ObjectionRow const& row,
                             domain::Official const& who, Instant now) {
    auto const unit = store::organisation_by_id(db, row.organisation);
    if (!unit) return internal("unit of an objection");
    bool const own = row.organisation == who.organisation;
    auto steps = steps_view(db, vault, row.id.raw());
    if (!steps) return steps.error();
    auto answer = answer_text(db, vault, row);
    if (!answer) return answer.error();
    auto files = own ? evidence_views(db, vault, store::CaseFiles{row.id.raw()}) : json::Array{};
    if (!files) return files.error();
    JsonObject view = objection_summary(row, now);
    view.add("unit_uscc", unit->uscc)
        .add("unit_name", unit->name)
        .add("identity_check", or_null(row.identity_check))
        .add("paper_sha256", row.paper ? Json(to_hex(*row.paper)) : Json())
        .add("paper_here", row.paper ? Json(has_case_file(db, row.id.raw(), *row.paper)) : Json())
        .add("platform_reference", or_null(row.platform_reference))
        .add("received_on", or_null(row.received_on))
        .add("platform_due_on", last_day_of(row.platform_due_at))
        .add("platform_rule", or_null(row.platform_rule))
        .add("filed_by", or_null(row.filed_by))
        .add("proposed_by", own ? or_null(row.proposed_by) : Json())
        .add("proposed", own ? or_null(row.outcome) : Json())
        .add("decided_by", or_null(row.decided_by))
        .add("decided_at", or_null(row.decided_at))
        .add("number", or_null(row.number))
        .add("extended_by", or_null(row.extended_by))
        .add("receipt", receipt(row, unit->name))
        .add("answer", std::move(*answer))
        .add("papers", own ? answers_view(db, row.id.raw()) : Json(json::Array{}))
        .add("files", std::move(*files))
        .add("steps", own ? std::move(*steps) : for_the_platform(*steps))
        .add("history", history_view(store::history(db, row.id.text())));
    Json json(std::move(view));
    name_people(db, json);
    return json;
}

}  // namespace sponsio::service
