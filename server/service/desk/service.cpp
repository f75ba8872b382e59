#include "server/service/desk/service.hpp"

#include "server/base/form.hpp"
#include "server/service/matters/commitment_steps.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/people.hpp"

#include <algorithm>
#include <ranges>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::TaskState;
using domain::WorkKind;
using domain::WorkRule;
using json::Array;
using store::WorkItem;
using store::WorkPlace;

/// Up to this many of a kind are counted.
constexpr int counted = 500;

/// A place as the key of a page: "<due> <kind> <id>".
std::string key_of(WorkPlace const& place) {
    return to_rfc3339(place.due) + " " + std::string(domain::word(place.kind)) + " " + place.id;
}

std::optional<WorkPlace> place_behind(std::string_view key) {
    auto const halves = split_list_key(key);
    if (!halves) return std::nullopt;
    auto const rest = split_list_key(halves->second);
    auto const due = parse_rfc3339(halves->first);
    auto const kind = rest ? domain::from_word<WorkKind>(rest->first) : std::nullopt;
    if (!due || !kind) return std::nullopt;
    // Another id would break a query that compares it with the ids of things.
    bool const good = rest->second.size() <= 64 &&
                      std::ranges::none_of(rest->second, [](char c) { return c <= ' ' || c >= 0x7f; });
    if (!good) return std::nullopt;
    return WorkPlace{*due, *kind, std::string(rest->second)};
}

/// The next steps of a check for who sits in it.
std::string_view steps_of(WorkItem const& check) {
    bool const leads = check.seat == 1;
    auto const state = domain::from_word<TaskState>(check.state);
    if (state == TaskState::assigned)
        return leads ? "startVerification handBackVerification" : "handBackVerification";
    if (state == TaskState::in_progress) return leads ? "addEvidence concludeVerification" : "addEvidence";
    if (state == TaskState::concluded) return leads ? "closeVerification" : "signOffVerification";
    return "";
}

std::string_view operations_of(WorkRule const& rule, WorkItem const& item) {
    if (rule.kind == WorkKind::check_to_do) return steps_of(item);
    if (rule.kind == WorkKind::report_to_correct && item.place == "held") return "correctHeldReport";
    return rule.operations;
}

Json words_in(std::string_view text) {
    Array list;
    for (auto const word : std::views::split(text, ' '))
        if (!word.empty()) list.emplace_back(std::string_view(word.begin(), word.end()));
    return list;
}

/// What the thing is about; nulls where it is about no promise, or where its content was erased.
Outcome<void> add_promise(JsonObject& view, db::PgSession& db, Ground const& ground, WorkItem const& item) {
    Json committer, code, name;
    if (item.commitment_code) {
        auto const row = store::commitment_by_code(db, *item.commitment_code);
        if (row) {
            auto const matter = ground.matters.find(db, row->matter, row->matter_version);
            code = matter->code;
            name = domain::to_json(matter->content.name);
            auto const content = ground.vault.open_json(row->sealed, store::content_label(row->code));
            if (content)
                committer = content->at("committer").at("name");
            else if (content.error().problem != &problem::gone)
                return content.error();
        }
    }
    view.add("commitment_code", or_null(item.commitment_code))
        .add("committer_name", std::move(committer))
        .add("matter_code", std::move(code))
        .add("matter_name", std::move(name));
    return {};
}

Outcome<Json> item_view(db::PgSession& db, Ground const& ground, WorkItem const& item) {
    WorkRule const& rule = domain::work_rules()[static_cast<std::size_t>(item.kind)];
    JsonObject view{{"kind", domain::word(item.kind)},
                    {"id", item.id},
                    {"href", std::string(rule.under) + item.place},
                    {"state", item.state}};
    if (auto added = add_promise(view, db, ground, item); !added) return added.error();
    view.add("since", to_rfc3339(item.since))
        .add("due_on", item.due ? Json(to_iso(last_day(*item.due))) : Json())
        .add("due_at", item.due ? Json(to_rfc3339(last_instant(*item.due))) : Json())
        .add("asked_by", or_null(item.asked_by))
        .add("operations", words_in(operations_of(rule, item)));
    return Json(std::move(view));
}

/// The kinds that may wait for these roles.
std::vector<WorkKind> kinds_for(domain::Roles roles) {
    std::vector<WorkKind> kinds;
    for (WorkRule const& rule : domain::work_rules())
        if (rule.roles.any_of(roles)) kinds.push_back(rule.kind);
    return kinds;
}

std::vector<WorkItem> first_due(db::PgSession& db, std::vector<WorkKind> const& kinds,
                                store::WorkOf const& who, std::optional<WorkPlace> const& after, int limit) {
    std::vector<WorkItem> items;
    for (WorkKind const kind : kinds)
        std::ranges::move(store::work_of(db, kind, who, after, limit), std::back_inserter(items));
    // The items of one kind are in their order already.
    std::ranges::stable_sort(items, {}, [](WorkItem const& item) {
        auto const place = WorkPlace::of(item);
        return std::pair(place.due, place.kind);
    });
    if (items.size() > static_cast<std::size_t>(limit)) items.erase(items.begin() + limit, items.end());
    return items;
}

}  // namespace

Async<WorkPage> DeskService::work(Caller<Official> caller, WorkFilter filter) {
    return ground_.db.run(caller.deadline, [this, caller, filter](db::PgSession& db) -> Outcome<WorkPage> {
        std::optional<WorkPlace> after;
        if (!filter.after.empty() && !(after = place_behind(filter.after)))
            return bad_field("query:cursor", reason::bad_format, form::cursor);
        store::WorkOf const who{caller.who->organisation, caller.who->account, ground_.clock.now()};
        auto const kinds = kinds_for(caller.who->roles);
        Array counts;
        for (WorkKind const kind : kinds) {
            std::int64_t const count = store::count_work(db, kind, who, counted);
            counts.emplace_back(JsonObject{{"kind", domain::word(kind)},
                                           {"count", std::min<std::int64_t>(count, counted)},
                                           {"exact", count <= counted}});
        }
        auto asked = kinds;
        if (filter.kind) std::erase_if(asked, [&](WorkKind kind) { return kind != *filter.kind; });
        WorkPage all{.page = {}, .counts = std::move(counts)};
        for (WorkItem const& item : first_due(db, asked, who, after, filter.limit)) {
            auto view = item_view(db, ground_, item);
            if (!view) return view.error();
            all.page.add(std::move(*view), key_of(WorkPlace::of(item)));
        }
        name_people(db, all.page.items);
        return all;
    });
}

Async<Page> DeskService::colleagues(Caller<Official> caller, store::ColleagueQuestion question) {
    question.organisation = caller.who->organisation;
    return ground_.db.run(caller.deadline, [question](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (store::Colleague const& one : store::colleagues(db, question)) {
            Array roles;
            for (std::string const& role : one.roles) roles.emplace_back(role);
            page.add(JsonObject{{"account_id", one.id.text()},
                                {"login", one.login},
                                {"name", one.name},
                                {"roles", std::move(roles)}},
                     one.login);
        }
        return page;
    });
}

}  // namespace sponsio::service
