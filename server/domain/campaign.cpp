#include "server/domain/campaign.hpp"

#include "server/base/form.hpp"
#include "server/domain/data_file.hpp"
#include "server/domain/region.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace sponsio::domain {
namespace {

constexpr Length long_text{.max = 4000};
constexpr Length short_text{.max = 200};
constexpr std::int64_t most_proofs = 100'000'000;

constexpr Reason unequal_days{"unequal_days", "has another number of days than the count before",
                              "与治理前统计期间的天数不同"};

CountedPeriod read_period(Fields& fields, std::string_view name) {
    CountedPeriod period{};
    fields.object(name, [&](Fields& days) {
        period.from = days.date("from");
        period.to = days.date("to");
        if (period.from.ok() && period.to.ok() && period.to < period.from) days.refuse("to", reversed_days);
    });
    return period;
}

CampaignTaskDraft read_task(Fields& fields) {
    CampaignTaskDraft task{.kind = fields.choice<CampaignTaskKind>("kind"),
                           .region = fields.text("region_code", {.min = 6, .max = 6}),
                           .unit_uscc = fields.text("unit_uscc", {.max = 18}),
                           .title = fields.text("title", short_text),
                           .due_on = fields.date("due_on")};
    if (!task.unit_uscc.empty()) task.unit_uscc = checked_uscc(fields, "unit_uscc", task.unit_uscc);
    return task;
}

std::vector<std::string> read_once_each(Fields& fields, std::string_view name, Length each) {
    auto list = fields.texts(name, {.min = 1, .max = 100}, each);
    for (std::size_t i = 0; i != list.size(); ++i)
        if (std::ranges::find(list, list[i]) - list.begin() != static_cast<std::ptrdiff_t>(i))
            fields.refuse_element(name, i, reason::listed_twice);
    return list;
}

ProofCount read_count(Fields& fields) {
    return {.unit_name = fields.text("unit_name", short_text),
            .unit_uscc = optional_uscc(fields, "unit_uscc"),
            .item = fields.text("item_id", {.max = 64}),
            .as = fields.choice<CountedAs>("counted_as"),
            .number = fields.integer("number", 0, most_proofs)};
}

/// Figures in the order of region, unit, item and kind; a unit is told by its key.
using FigureKey = std::tuple<std::string, std::string, std::string, CountedAs>;

std::vector<CampaignFigure> added_up(std::vector<AcceptedCount> const& counts, bool each_unit) {
    std::map<FigureKey, CampaignFigure> figures;
    for (AcceptedCount const& one : counts) {
        FigureKey const key{one.region, each_unit ? one.unit_key : "", one.count.item, one.count.as};
        CampaignFigure& figure =
            figures
                .try_emplace(key, CampaignFigure{.region = one.region,
                                                 .unit = each_unit ? std::optional(one.count) : std::nullopt,
                                                 .item = one.count.item,
                                                 .as = one.count.as})
                .first->second;
        auto& number = one.kind == CampaignTaskKind::count_before ? figure.before : figure.after;
        number = number.value_or(0) + one.count.number;
    }
    std::vector<CampaignFigure> list;
    list.reserve(figures.size());
    for (auto& [key, figure] : figures) list.push_back(std::move(figure));
    return list;
}

}  // namespace

CampaignDraft CampaignDraft::read(Fields& fields) {
    CampaignDraft draft{.name = fields.text("name", short_text),
                        .authority = fields.choice<ExposureAuthority>("authority"),
                        .number = fields.text("number", {.max = 100}),
                        .purpose = fields.text("purpose", long_text),
                        .items = read_once_each(fields, "item_ids", {.max = 64}),
                        .regions = read_once_each(fields, "region_codes", {.min = 6, .max = 6}),
                        .starts_on = fields.date("starts_on"),
                        .ends_on = fields.date("ends_on"),
                        .before = read_period(fields, "before"),
                        .after = read_period(fields, "after")};
    fields.objects("tasks", {.min = 2, .max = 500},
                   [&](Fields& one) { draft.tasks.push_back(read_task(one)); });
    return draft;
}

Outcome<void> check_plan(CampaignDraft const& draft) {
    Fault refused{.problem = &problem::invalid};
    auto const refuse = [&](std::string pointer, Reason const& why, Wanted wanted = {}) {
        refused.fields.push_back({std::move(pointer), &why, std::move(wanted)});
    };
    if (draft.ends_on < draft.starts_on) refuse("/ends_on", reversed_days);
    if (draft.after.from <= draft.before.to) refuse("/after/from", overlapping_days);
    if (draft.after.days() != draft.before.days()) refuse("/after/to", unequal_days);
    for (std::size_t i = 0; i != draft.regions.size(); ++i)
        for (std::string const& other : draft.regions)
            if (other != draft.regions[i] && lies_within(draft.regions[i], other))
                refuse("/region_codes/" + std::to_string(i), reason::listed_twice);
    std::map<std::pair<std::string, CampaignTaskKind>, int> counted;
    for (std::size_t i = 0; i != draft.tasks.size(); ++i) {
        CampaignTaskDraft const& task = draft.tasks[i];
        std::string const pointer = "/tasks/" + std::to_string(i);
        if (std::ranges::find(draft.regions, task.region) == draft.regions.end())
            refuse(pointer + "/region_code", reason::unknown_value, {.words = draft.regions});
        if (counts_proofs(task.kind) && ++counted[{task.region, task.kind}] > 1)
            refuse(pointer + "/kind", reason::listed_twice);
        CountedPeriod const& period =
            task.kind == CampaignTaskKind::count_before ? draft.before : draft.after;
        bool const early =
            task.due_on < draft.starts_on || (counts_proofs(task.kind) && task.due_on <= period.to);
        if (early) refuse(pointer + "/due_on", reversed_days);
        if (task.due_on > draft.ends_on) refuse(pointer + "/due_on", reason::out_of_range);
    }
    for (std::size_t i = 0; i != draft.regions.size(); ++i)
        for (CampaignTaskKind const kind : {CampaignTaskKind::count_before, CampaignTaskKind::count_after})
            if (!counted.contains({draft.regions[i], kind}))
                refuse("/region_codes/" + std::to_string(i), reason::required,
                       {.words = {std::string(word(kind))}});
    if (refused.fields.empty()) return {};
    return refused;
}

CampaignTaskReport CampaignTaskReport::read(Fields& fields) {
    CampaignTaskReport report{.statement = fields.text("statement", long_text)};
    fields.objects("counts", {.min = 0, .max = 1000},
                   [&](Fields& one) { report.counts.push_back(read_count(one)); });
    return report;
}

CampaignDecision CampaignDecision::read(Fields& fields) {
    return {fields.boolean("agreed"), fields.text("reasons", long_text)};
}

CampaignOpening CampaignOpening::read(Fields& fields) {
    return {fields.text("reasons", long_text)};
}

CampaignResult CampaignResult::read(Fields& fields) {
    return {fields.text("result", long_text)};
}

std::vector<CampaignFigure> figures_of_units(std::vector<AcceptedCount> const& counts) {
    return added_up(counts, true);
}

std::vector<CampaignFigure> figures_of_regions(std::vector<AcceptedCount> const& counts) {
    return added_up(counts, false);
}

std::vector<CampaignTotal> totals_of(std::vector<CampaignFigure> const& units) {
    std::vector<CampaignTotal> totals;
    for (auto const& row : words<CountedAs>) {
        CampaignTotal total{.as = row.value};
        for (CampaignFigure const& figure : units) {
            if (figure.as != row.value || !figure.before || !figure.after) continue;
            total.before += *figure.before;
            total.after += *figure.after;
        }
        totals.push_back(total);
    }
    return totals;
}

}  // namespace sponsio::domain
