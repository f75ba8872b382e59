#include "server/api/catalogue.hpp"
#include "server/api/common.hpp"

#include <algorithm>
#include <map>

namespace sponsio::api {
namespace {

using domain::Catalogue;
using domain::CatalogueInfo;
using domain::ItemChange;
using domain::ProofItem;

/// What the routes of this file stand on; it outlives them.
struct Lists {
    service::KnowledgeService& knowledge;
    Catalogue const& catalogue;
    domain::Regions const& regions;
    Clock const& clock;
};

/// The lists in use, or those that count in the region that the query names, the nearest first.
Outcome<std::vector<CatalogueInfo const*>> lists_asked(Lists const& lists, Request const& request) {
    Date on = china_date(lists.clock.now());
    if (auto const text = request.query("on")) on = parse_iso_date(*text).value();  // the route has read it
    if (auto const region = request.query("region")) {
        if (auto known = lists.regions.check(*region, on, "query:region"); !known) return known.error();
        return lists.catalogue.lists_in(*region, on);
    }
    std::vector<CatalogueInfo const*> all;
    for (CatalogueInfo const& list : lists.catalogue.lists()) all.push_back(&list);
    return all;
}

Json versions_of(std::vector<Json> const& versions, CatalogueInfo const& list) {
    json::Array own;
    for (Json const& one : versions)
        if (one.at("catalogue_id").as_string() == list.catalogue_id)
            own.push_back(JsonObject{{"version", one.at("version")},
                                     {"digest_sha256", one.at("digest_sha256")},
                                     {"given_at", one.at("given_at")},
                                     {"counts", one.at("counts")}});
    return own;
}

awaitable<Response> all(Lists const& lists, Request& request) {
    auto const asked = lists_asked(lists, request);
    if (!asked) co_return http::problem_response(asked.error(), request);
    auto const versions = co_await lists.knowledge.list_versions(request.deadline);
    if (!versions) co_return http::problem_response(versions.error(), request);
    json::Array items;
    for (CatalogueInfo const* list : *asked) {
        auto const on_it = [&](ProofItem const& item) { return item.list == list; };
        auto const name = lists.regions.full_name(list->jurisdiction, china_date(lists.clock.now()));
        Json view = proof_list_json(*list);
        view.as_object()
            .add("region_name", name ? Json(*name) : Json())
            .add("coverage", domain::to_json(list->coverage))
            .add("item_count", std::int64_t{std::ranges::count_if(lists.catalogue.items(), on_it)})
            .add("versions", versions_of(*versions, *list));
        items.push_back(std::move(view));
    }
    Json const page = JsonObject{{"items", std::move(items)}, {"next_cursor", nullptr}};
    co_return cached(request, "application/json", json::write(page), "no-cache");
}

service::Async<std::string> bytes_of(Lists const& lists, Request const& request, std::string_view version) {
    return lists.knowledge.list_version(std::string(request.capture("catalogue_id")), std::string(version),
                                        request.deadline);
}

awaitable<Response> one(Lists const& lists, Request& request) {
    auto bytes = co_await bytes_of(lists, request, request.capture("version"));
    if (!bytes) co_return http::problem_response(bytes.error(), request);
    co_return cached(request, "application/json", std::move(*bytes), "no-cache");
}

/// The members that differ. That its list has another version makes no item another one.
std::vector<std::string> differing(JsonObject const& before, JsonObject const& after) {
    std::vector<std::string> names;
    for (auto const& [name, value] : before)
        if (name != "list" && name != "version" && !(value == after.at(name))) names.push_back(name);
    return names;
}

Json names_json(std::vector<std::string> const& names) {
    return json::Array(names.begin(), names.end());
}

Json change_json(std::string const& item_id, ItemChange change, std::vector<std::string> const& members,
                 Json before, Json after) {
    return JsonObject{{"item_id", item_id},
                      {"change", domain::word(change)},
                      {"members", names_json(members)},
                      {"before", std::move(before)},
                      {"after", std::move(after)}};
}

Json changes_between(Catalogue const& before, Catalogue const& after) {
    json::Array changes;
    for (ProofItem const& item : before.items()) {
        ProofItem const* now = after.find(item.item_id);
        JsonObject was = proof_item_json(item);
        if (!now) {
            changes.push_back(change_json(item.item_id, ItemChange::removed, {}, std::move(was), Json()));
            continue;
        }
        JsonObject is = proof_item_json(*now);
        auto const members = differing(was, is);
        if (!members.empty())
            changes.push_back(
                change_json(item.item_id, ItemChange::changed, members, std::move(was), std::move(is)));
    }
    for (ProofItem const& item : after.items())
        if (!before.find(item.item_id))
            changes.push_back(
                change_json(item.item_id, ItemChange::added, {}, Json(), proof_item_json(item)));
    return changes;
}

/// A version alone, whichever counts.
Outcome<Catalogue> read_alone(std::string const& bytes) {
    Resource const file{"catalogue", bytes};
    return Catalogue::from_files({&file, 1});
}

awaitable<Response> comparison(Lists const& lists, Request& request) {
    std::vector<Catalogue> versions;
    for (char const* const name : {"from", "to"}) {
        auto const version = request.query(name);
        if (!version)
            co_return http::problem_response(bad_field(std::string("query:") + name, reason::required),
                                             request);
        auto const bytes = co_await bytes_of(lists, request, *version);
        if (!bytes) co_return http::problem_response(bytes.error(), request);
        auto read = read_alone(*bytes);
        if (!read) co_return http::problem_response(read.error(), request);
        versions.push_back(std::move(*read));
    }
    Json const before = proof_list_json(versions[0].lists().front());
    Json const after = proof_list_json(versions[1].lists().front());
    Json const answer = JsonObject{{"from", before},
                                   {"to", after},
                                   {"members", names_json(differing(before.as_object(), after.as_object()))},
                                   {"changes", changes_between(versions[0], versions[1])}};
    co_return cached(request, "application/json", json::write(answer), "no-cache");
}

Parameter version_parameter(std::string name) {
    return {std::move(name), [](std::string_view value) -> std::optional<FieldError> {
                if (!value.empty() && value.size() <= 64) return std::nullopt;
                return FieldError{"", &reason::too_long, {.min = 1, .max = 64, .unit = &unit::characters}};
            }};
}

}  // namespace

std::vector<Route> catalogue_version_routes(service::KnowledgeService& knowledge, Catalogue const& catalogue,
                                            domain::Regions const& regions, Clock const& clock) {
    Lists const lists{knowledge, catalogue, regions, clock};
    std::vector<Route> routes;
    routes.push_back({Method::get, "/public/v1/catalogues",
                      [lists](Request& request) { return all(lists, request); },
                      allow_query(Policy::everyone(), {region_parameter("region"), date_parameter("on")})});
    routes.push_back({Method::get, "/public/v1/catalogues/{catalogue_id}/versions/{version}",
                      [lists](Request& request) { return one(lists, request); }, allow(Policy::everyone())});
    routes.push_back({Method::get, "/public/v1/catalogues/{catalogue_id}/comparison",
                      [lists](Request& request) { return comparison(lists, request); },
                      allow_query(Policy::everyone(), {version_parameter("from"), version_parameter("to")})});
    return routes;
}

}  // namespace sponsio::api
