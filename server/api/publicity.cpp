#include "server/api/publicity.hpp"

#include "server/api/common.hpp"
#include "server/api/evidence.hpp"
#include "server/api/markup.hpp"

namespace sponsio::api {
namespace {

using service::PublicityService;

Outcome<service::PublicityFilter> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::PublicityState>(request, "state");
    if (!state) return state.error();
    auto const record = request.query("record_id");
    return service::PublicityFilter{.state = *state,
                                    .record = record ? RecordId::parse(*record) : std::nullopt,
                                    .after = std::move(paging->after),
                                    .limit = paging->limit};
}

Route propose_route(PublicityService& publicity) {
    return {Method::post, "/v1/publicity",
            [&publicity](Request& request) -> awaitable<Response> {
                auto body = read_once(request, domain::PublicityDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await publicity.propose(caller_of(request), std::move(body->once),
                                                            std::move(body->value)),
                                 request);
            },
            allow(Policy::one_of({Role::verifier, Role::reviewer}))};
}

Route list_route(PublicityService& publicity, Policy readers) {
    return {
        Method::get, "/v1/publicity",
        [&publicity](Request& request) -> awaitable<Response> {
            auto question = question_of(request);
            if (!question) co_return http::problem_response(question.error(), request);
            int const limit = question->limit;
            co_return answer_page(co_await publicity.list(caller_of(request), std::move(*question)), limit,
                                  request);
        },
        allow_list(readers, {word_parameter<domain::PublicityState>("state"), id_parameter("record_id")})};
}

constexpr http::Literal json_type = "application/json";
constexpr http::Literal atom_type = "application/atom+xml; charset=utf-8";
/// What ended is gone at once, so nobody keeps a copy without asking.
constexpr std::string_view cache_of_entries = "no-cache";

/// Asks search engines to stay away: what ends here is to be found nowhere.
Response for_nobody_to_index(Response response) {
    response.set("X-Robots-Tag", "noindex, nofollow, noarchive");
    return response;
}

awaitable<Response> entries(PublicityService& publicity, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto page = co_await publicity.entries(paging->after, paging->limit, request.deadline);
    if (!page) co_return http::problem_response(page.error(), request);
    co_return for_nobody_to_index(cached(
        request, json_type, json::write(page_view(std::move(*page), paging->limit)), cache_of_entries));
}

std::string atom_entry(Json const& entry) {
    std::string const title =
        entry.at("subject_name").as_string() + " " + entry.at("decision_number").as_string();
    std::string summary = entry.at("unit_name").as_string() + "；" + entry.at("decided_on").as_string() +
                          "；公示至 " + entry.at("until").as_string();
    if (entry.at("status").as_string() != "valid") summary += "；" + entry.at("status").as_string();
    return "<entry>" + element("id", "urn:uuid:" + entry.at("publicity_id").as_string()) +
           element("title", title) + element("updated", entry.at("published_at").as_string()) +
           element("published", entry.at("published_at").as_string()) + "<author>" +
           element("name", entry.at("unit_name").as_string()) + "</author>" + element("summary", summary) +
           "</entry>";
}

/// The newest page in the order of the list, as a feed; `next` leads on (RFC 5005 §3).
awaitable<Response> feed(PublicityService& publicity, std::string const& issuer, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto page = co_await publicity.entries(paging->after, paging->limit, request.deadline);
    if (!page) co_return http::problem_response(page.error(), request);
    std::string const self = issuer + "/public/v1/publicity/atom";
    std::string const updated =
        page->items.empty() ? "1970-01-01T00:00:00Z" : page->items.back().at("published_at").as_string();
    std::string text = R"(<?xml version="1.0" encoding="utf-8"?>)"
                       R"(<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">)" +
                       element("id", self) + element("title", "失信信息公示") + element("updated", updated) +
                       R"(<link rel="self" href=")" + escaped(self) + R"("/>)";
    if (page->items.size() == static_cast<std::size_t>(paging->limit))
        text +=
            R"(<link rel="next" href=")" + escaped(self + "?cursor=" + cursor_for(page->last_key)) + R"("/>)";
    for (Json const& entry : page->items) text += atom_entry(entry);
    co_return for_nobody_to_index(cached(request, atom_type, text + "</feed>\n", cache_of_entries));
}

}  // namespace

std::vector<Route> publicity_routes(PublicityService& publicity, std::string issuer) {
    Policy const readers =
        Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor});
    Policy const heads = Policy::one_of({Role::decider, Role::supervisor});
    std::string const one = "/v1/publicity/{publicity_id}";
    std::vector<Route> routes;
    auto const add = [&](Method method, std::string const& below, Policy who, auto act) {
        routes.push_back(route_on(method, one + below, "publicity_id", who, publicity, act));
    };
    routes.push_back(propose_route(publicity));
    routes.push_back(list_route(publicity, readers));
    add(Method::get, "", readers, &PublicityService::publicity);
    add(Method::post, "/approval", heads, &PublicityService::approve);
    add(Method::post, "/notice", Policy::one_of({Role::verifier, Role::clerk}), &PublicityService::publish);
    add(Method::post, "/removal", heads, &PublicityService::take_down);
    for (Route& route : case_file_routes(publicity.files(), one, "publicity_id"))
        routes.push_back(std::move(route));
    routes.push_back({Method::get, "/public/v1/publicity",
                      [&publicity](Request& request) { return entries(publicity, request); },
                      allow_list(Policy::everyone())});
    routes.push_back({Method::get, "/public/v1/publicity/atom",
                      [&publicity, issuer = std::move(issuer)](Request& request) {
                          return feed(publicity, issuer, request);
                      },
                      allow_list(Policy::everyone())});
    return routes;
}

}  // namespace sponsio::api
