#include "server/service/campaigns/view.hpp"

#include "server/base/internal.hpp"
#include "server/service/unit/case_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"
#include "server/store/organisations.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::CampaignEvent;
using domain::CampaignFigure;
using domain::CampaignState;
using domain::CampaignTaskState;
using domain::Json;
using domain::JsonObject;
using store::CampaignRow;
using store::CampaignTaskRow;

Json number_or_null(std::optional<std::int64_t> const& number) {
    return number ? Json(*number) : Json();
}

Json period_view(Date from, Date to) {
    return JsonObject{{"from", to_iso(from)}, {"to", to_iso(to)}};
}

Json items_view(domain::Catalogue const& catalogue, CampaignRow const& row) {
    json::Array list;
    for (std::string const& id : row.items) {
        domain::ProofItem const* item = catalogue.find(id);
        list.push_back(
            JsonObject{{"item_id", id}, {"item_name", item ? domain::to_json(item->name) : Json()}});
    }
    return list;
}

Json regions_view(domain::Regions const& regions, CampaignRow const& row) {
    json::Array list;
    for (std::string const& code : row.regions)
        list.push_back(JsonObject{{"region_code", code},
                                  {"region_name", or_null(regions.full_name(code, row.starts_on))}});
    return list;
}

/// What was said at that step; null if it was not taken, or what was said was erased.
Outcome<Json> said_at(db::PgSession& db, Vault const& vault, Uuid const& of, std::string_view step,
                      char const* member) {
    auto const said = said_last(db, vault, of, step);
    if (!said && said.error().problem != &problem::gone) return said.error();
    return said && *said ? (*said)->at(member) : Json();
}

/// How far each region has come, counted from its tasks and from the cases of demanded proofs.
Json progress_view(std::vector<CampaignTaskRow> const& tasks, std::vector<store::CampaignCases> const& cases,
                   Instant now) {
    json::Array list;
    for (store::CampaignCases const& one : cases) {
        std::int64_t all = 0, reported = 0, accepted = 0, overdue = 0;
        for (CampaignTaskRow const& task : tasks) {
            if (task.region != one.region) continue;
            ++all;
            if (task.state == CampaignTaskState::reported) ++reported;
            if (task.state == CampaignTaskState::accepted) ++accepted;
            if (task.state != CampaignTaskState::accepted && now >= task.due_at) ++overdue;
        }
        list.push_back(JsonObject{{"region_code", one.region},
                                  {"tasks", all},
                                  {"reported", reported},
                                  {"accepted", accepted},
                                  {"overdue", overdue},
                                  {"orders", one.ordered},
                                  {"orders_about_committees", one.committees},
                                  {"corrected", one.corrected}});
    }
    return list;
}

JsonObject figure_view(CampaignFigure const& figure) {
    return {{"region_code", figure.region},
            {"item_id", figure.item},
            {"counted_as", domain::word(figure.as)},
            {"before", number_or_null(figure.before)},
            {"after", number_or_null(figure.after)}};
}

Json units_view(std::vector<CampaignFigure> const& units) {
    json::Array list;
    for (CampaignFigure const& figure : units) {
        JsonObject one = figure_view(figure);
        one.add("unit_name", figure.unit.value().unit_name).add("unit_uscc", or_null(figure.unit->unit_uscc));
        list.push_back(std::move(one));
    }
    return list;
}

Json totals_view(std::vector<CampaignFigure> const& units) {
    json::Array list;
    for (domain::CampaignTotal const& total : domain::totals_of(units))
        list.push_back(JsonObject{
            {"counted_as", domain::word(total.as)}, {"before", total.before}, {"after", total.after}});
    return list;
}

Outcome<JsonObject> task_summary(db::PgSession& db, CampaignTaskRow const& row, Instant now) {
    auto const unit = store::organisation_by_id(db, row.unit);
    if (!unit) return internal("unit of a campaign task");
    return JsonObject{{"campaign_task_id", row.id.text()},
                      {"campaign_id", row.campaign.text()},
                      {"kind", domain::word(row.kind)},
                      {"region_code", row.region},
                      {"unit_uscc", unit->uscc},
                      {"unit_name", unit->name},
                      {"title", row.title},
                      {"due_on", to_iso(last_day(row.due_at))},
                      {"overdue", row.state != CampaignTaskState::accepted && now >= row.due_at},
                      {"state", domain::word(row.state)},
                      {"reported_by", or_null(row.reported_by)},
                      {"reported_at", or_null(row.reported_at)},
                      {"decided_by", or_null(row.decided_by)},
                      {"decided_at", or_null(row.decided_at)}};
}

Outcome<json::Array> task_summaries(db::PgSession& db, std::vector<CampaignTaskRow> const& tasks,
                                    Instant now) {
    json::Array list;
    for (CampaignTaskRow const& task : tasks) {
        auto one = task_summary(db, task, now);
        if (!one) return one.error();
        list.push_back(std::move(*one));
    }
    return list;
}

Json counts_view(std::vector<store::CampaignCountRow> const& counts) {
    json::Array list;
    for (store::CampaignCountRow const& row : counts)
        list.push_back(JsonObject{{"unit_name", row.unit_name},
                                  {"unit_uscc", or_null(row.unit_uscc)},
                                  {"item_id", row.item},
                                  {"counted_as", domain::word(row.as)},
                                  {"number", row.number}});
    return list;
}

}  // namespace

bool is_seen(db::PgSession& db, CampaignRow const& row, CampaignReader const& reader) {
    if (reader.leads(row)) return true;
    if (!row.opened_at) return false;
    if (!reader.organisation) return true;
    auto const tasks = store::tasks_of(db, row.id);
    return std::ranges::find(tasks, *reader.organisation, &CampaignTaskRow::unit) != tasks.end();
}

Outcome<JsonObject> campaign_summary(db::PgSession& db, ExposureParts const& parts, CampaignRow const& row) {
    auto const authority = store::organisation_by_id(db, row.organisation);
    if (!authority) return internal("authority of a campaign");
    return JsonObject{{"campaign_id", row.id.text()},
                      {"state", domain::word(row.state)},
                      {"name", row.name},
                      {"number", row.number},
                      {"authority", domain::word(row.authority)},
                      {"authority_name", authority->name},
                      {"items", items_view(parts.catalogue, row)},
                      {"regions", regions_view(parts.regions, row)},
                      {"starts_on", to_iso(row.starts_on)},
                      {"ends_on", to_iso(row.ends_on)},
                      {"before", period_view(row.before_from, row.before_to)},
                      {"after", period_view(row.after_from, row.after_to)},
                      {"opened_at", or_null(row.opened_at)},
                      {"closed_at", or_null(row.closed_at)},
                      {"withdrawn_at", or_null(row.withdrawn_at)}};
}

Outcome<Json> campaign_view(db::PgSession& db, ExposureParts const& parts, CampaignRow const& row,
                            CampaignReader const& reader, Instant now) {
    auto summary = campaign_summary(db, parts, row);
    if (!summary) return summary.error();
    bool const leads = reader.leads(row);
    auto purpose = said_at(db, parts.vault, row.id.raw(), "created", "purpose");
    if (!purpose) return purpose.error();
    // A proposed result is the authority's alone until another person has decided it.
    auto result =
        leads || row.state == CampaignState::closed
            ? said_at(db, parts.vault, row.id.raw(), domain::word(CampaignEvent::propose_result), "result")
            : Outcome<Json>(Json());
    if (!result) return result.error();
    auto tasks = store::tasks_of(db, row.id);
    auto const counts = store::accepted_counts(db, row.id);
    auto const units = domain::figures_of_units(counts);
    json::Array regions;
    for (CampaignFigure const& figure : domain::figures_of_regions(counts))
        regions.push_back(figure_view(figure));
    JsonObject json = std::move(*summary);
    json.add("purpose", std::move(*purpose))
        .add("result", std::move(*result))
        .add("progress", progress_view(tasks, store::cases_of(db, row), now))
        .add("figures", std::move(regions))
        .add("totals", totals_view(units));
    if (!reader.organisation) return Json(std::move(json));
    if (!leads) std::erase_if(tasks, [&](auto const& task) { return task.unit != *reader.organisation; });
    auto own = task_summaries(db, tasks, now);
    if (!own) return own.error();
    auto steps = leads ? steps_view(db, parts.vault, row.id.raw()) : Outcome<Json>(Json(json::Array{}));
    if (!steps) return steps.error();
    json.add("drafted_by", row.drafted_by.text())
        .add("opened_by", or_null(row.opened_by))
        .add("proposed_by", or_null(row.proposed_by))
        .add("closed_by", or_null(row.closed_by))
        .add("withdrawn_by", or_null(row.withdrawn_by))
        .add("units", leads ? units_view(units) : Json(json::Array{}))
        .add("tasks", std::move(*own))
        .add("steps", std::move(*steps))
        .add("history", leads ? history_view(store::history(db, row.id.text())) : Json(json::Array{}));
    Json answer(std::move(json));
    name_people(db, answer);
    return answer;
}

Outcome<Json> campaign_task_view(db::PgSession& db, ExposureParts const& parts, CampaignRow const& campaign,
                                 CampaignTaskRow const& row, Instant now) {
    auto summary = task_summary(db, row, now);
    if (!summary) return summary.error();
    auto steps = steps_view(db, parts.vault, row.id.raw());
    if (!steps) return steps.error();
    JsonObject json = std::move(*summary);
    bool const after = row.kind == domain::CampaignTaskKind::count_after;
    json.add("campaign_name", campaign.name)
        .add("items", items_view(parts.catalogue, campaign))
        .add("counted", !domain::counts_proofs(row.kind) ? Json()
                        : after                          ? period_view(campaign.after_from, campaign.after_to)
                                : period_view(campaign.before_from, campaign.before_to))
        .add("counts", counts_view(store::counts_of(db, row)))
        .add("steps", std::move(*steps))
        .add("history", history_view(store::history(db, row.id.text())));
    Json answer(std::move(json));
    name_people(db, answer);
    return answer;
}

}  // namespace sponsio::service
