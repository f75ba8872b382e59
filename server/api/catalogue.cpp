#include "server/api/catalogue.hpp"

#include "server/api/common.hpp"
#include "server/base/form.hpp"

namespace sponsio::api {
namespace {

using domain::Catalogue;
using domain::CatalogueCode;
using domain::CatalogueInfo;
using domain::ProofItem;
using domain::ProofWay;

constexpr std::size_t longest_question = 100;

Json day_or_null(std::optional<Date> const& day) {
    return day ? Json(to_iso(*day)) : Json();
}

Json source_json(domain::ProofSource const& source) {
    return JsonObject{
        {"key", source.key}, {"text", domain::to_json(source.text)}, {"address", source.address}};
}

/// The code with its name from the list's code table; the loader has checked that the table has it.
Json named(std::vector<CatalogueCode> const& table, std::string const& code) {
    for (CatalogueCode const& entry : table)
        if (entry.code == code) return JsonObject{{"code", code}, {"name", domain::to_json(entry.name)}};
    throw std::logic_error("a catalogue code without an entry");
}

Json named_list(std::vector<CatalogueCode> const& table, std::vector<std::string> const& codes) {
    json::Array list;
    for (std::string const& code : codes) list.push_back(named(table, code));
    return list;
}

Json named_or_null(std::vector<CatalogueCode> const& table, std::optional<std::string> const& code) {
    return code ? named(table, *code) : Json();
}

Json way_json(CatalogueInfo const& list, ProofWay const& way) {
    return JsonObject{{"kind", domain::word(way.kind)},
                      {"departments", named_list(list.departments, way.departments)},
                      {"documents", named_list(list.documents, way.documents)},
                      {"issuer", named_or_null(list.departments, way.issuer)},
                      {"procedure", named_or_null(list.procedures, way.procedure)},
                      {"text", domain::to_json(way.text)}};
}

Json strings(std::vector<std::string> const& list) {
    return json::Array(list.begin(), list.end());
}

/// The list that decides, where and when: beside each of its items.
Json list_json(CatalogueInfo const& list) {
    return JsonObject{{"catalogue_id", list.catalogue_id},     {"version", list.version},
                      {"jurisdiction", list.jurisdiction},     {"title", domain::to_json(list.title)},
                      {"source", source_json(list.source)},    {"valid_from", to_iso(list.valid_from)},
                      {"valid_to", day_or_null(list.valid_to)}};
}

JsonObject item_json(ProofItem const& item) {
    CatalogueInfo const& list = *item.list;
    json::Array ways, exceptions;
    for (ProofWay const& way : item.ways) ways.push_back(way_json(list, way));
    for (auto const& exception : item.exceptions)
        exceptions.push_back(JsonObject{{"code", exception.code}, {"text", domain::to_json(exception.text)}});
    return JsonObject{
        {"item_id", item.item_id},
        {"number", item.number},
        {"name", domain::to_json(item.name)},
        {"aliases", JsonObject{{"zh", strings(item.aliases_zh)}, {"en", strings(item.aliases_en)}}},
        {"disposition", domain::word(item.disposition)},
        {"may_be_demanded", item.may_be_demanded()},
        {"answer", domain::to_json(item.answer)},
        {"ways", std::move(ways)},
        {"exceptions", std::move(exceptions)},
        {"source", source_json(item.source)},
        {"list", list_json(list)},
        {"valid_from", to_iso(item.valid_from)},
        {"valid_to", day_or_null(item.valid_to)}};
}

struct Question {
    std::string text;
    std::optional<domain::Language> language;
    std::optional<std::string> region;
    Date on;
    int limit;
};

Outcome<Question> question_of(Request const& request, domain::Regions const& regions, Date today) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto language = choice_in_query<domain::Language>(request, "lang");
    if (!language) return language.error();
    Question question{std::string(request.query("q").value_or("")), *language, std::nullopt, today,
                      paging->limit};
    if (domain::code_points(question.text) > longest_question)
        return bad_field("query:q", reason::too_long, {.max = longest_question, .unit = &unit::characters});
    if (auto on = request.query("on")) {
        auto const date = parse_iso_date(*on);
        if (!date) return bad_field("query:on", reason::bad_format, form::date);
        question.on = *date;
    }
    if (auto region = request.query("region")) {
        if (auto known = regions.check(*region, question.on, "query:region"); !known) return known.error();
        question.region = std::string(*region);
    }
    return question;
}

Outcome<Json> search(Catalogue const& catalogue, Question const& question) {
    auto const limit = static_cast<std::size_t>(question.limit);
    auto const hits =
        question.region
            ? catalogue.search_in(*question.region, question.text, question.language, question.on, limit)
            : catalogue.search(question.text, question.language, question.on, limit);
    json::Array items;
    for (auto const& hit : hits) {
        JsonObject item = item_json(*hit.item);
        item.set("score", hit.score);
        items.push_back(std::move(item));
    }
    auto const lists =
        catalogue.lists_in(question.region.value_or(std::string(domain::national_region)), question.on);
    return Json(JsonObject{{"items", std::move(items)},
                           {"catalogue", lists.empty() ? Json() : list_json(*lists.front())},
                           {"next_cursor", nullptr}});
}

}  // namespace

JsonObject proof_item_json(ProofItem const& item) {
    return item_json(item);
}

Json proof_list_json(CatalogueInfo const& list) {
    return list_json(list);
}

std::vector<Route> catalogue_routes(Catalogue const& catalogue, domain::Regions const& regions,
                                    Clock const& clock) {
    std::vector<Route> routes;
    routes.push_back({Method::get, "/v1/proof-items",
                      [&catalogue, &regions, &clock](Request& request) -> awaitable<Response> {
                          auto question = question_of(request, regions, china_date(clock.now()));
                          if (!question) co_return http::problem_response(question.error(), request);
                          co_return answer(search(catalogue, *question), request);
                      },
                      allow_query(Policy::everyone(),
                                  {"q", word_parameter<domain::Language>("lang"), region_parameter("region"),
                                   date_parameter("on"), limit_parameter()})});
    routes.push_back({Method::get, "/v1/proof-items/{item_id}",
                      [&catalogue](Request& request) -> awaitable<Response> {
                          ProofItem const* item = catalogue.find(request.capture("item_id"));
                          if (!item) co_return http::problem_response(fault(problem::not_found), request);
                          co_return answer(Json(item_json(*item)), request);
                      },
                      allow(Policy::everyone())});
    return routes;
}

}  // namespace sponsio::api
