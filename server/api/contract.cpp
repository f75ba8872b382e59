#include "server/api/contract.hpp"

#include "server/api/accept.hpp"
#include "server/api/common.hpp"
#include "server/api/front_page.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace sponsio::api {
namespace {

constexpr http::Literal json_type = "application/json", yaml_type = "application/yaml",
                        text_type = "text/plain; charset=utf-8", html_type = "text/html; charset=utf-8";
constexpr std::string_view cache_of_documents = "public, max-age=300";

/// RFC 9116 §2.5.5 recommends less than a year: who reads an old copy should know that it is old.
constexpr std::chrono::days contact_holds{180};

std::string bytes_of(std::string_view name) {
    auto const all = contract_documents();
    auto const found = std::ranges::find(all, name, &ContractDocument::name);
    if (found == all.end()) throw std::logic_error("there is no such document");
    return std::string(found->bytes);
}

bool wants_page(Request const& request) {
    static constexpr std::array<std::string_view, 2> offered{"application/json", "text/html"};
    return preferred(request.header("Accept").value_or(""), offered) == offered[1];
}

Route document_route(std::string pattern, http::Literal type, std::string text) {
    return {Method::get, std::move(pattern),
            [type, text = std::move(text)](Request& request) -> awaitable<Response> {
                co_return cached(request, type, text, cache_of_documents);
            },
            allow(Policy::everyone())};
}

/// A page that runs nothing and loads nothing: its one style is named by its digest.
Response page(Request const& request, std::string text) {
    std::string const style = style_of(text);
    Response response = cached(request, html_type, std::move(text), cache_of_documents);
    response.set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-" +
                                                to_base64(crypto::sha256(as_bytes(style))) +
                                                "'; base-uri 'none'; form-action 'none'; "
                                                "frame-ancestors 'none'");
    return response;
}

/// JSON for programs, a page in the reader's language for browsers.
Response in_either(Request const& request, Json const& json, std::string html) {
    Response response = wants_page(request)
                            ? page(request, std::move(html))
                            : cached(request, json_type, json::write(json), cache_of_documents);
    response.set("Vary", "Accept, Accept-Language");
    return response;
}

Json about(FrontDesk const& desk) {
    JsonObject links;
    for (FrontLink const& link : front_links()) links.add(std::string(link.name), link.path);
    return JsonObject{{"name", "Sponsio"},
                      {"version", desk.version},
                      {"about", domain::to_json(what_this_is())},
                      {"licence", desk.licence},
                      {"links", std::move(links)}};
}

Json view_of(Problem const& problem) {
    return JsonObject{
        {"type", "urn:sponsio:problem:" + std::string(problem.slug)},
        {"status", problem.status},
        {"title", domain::to_json(Bilingual{.en = std::string(problem.en), .zh = std::string(problem.zh)})},
        {"page", "/problems/" + std::string(problem.slug)}};
}

Route front_route(std::shared_ptr<FrontDesk const> desk) {
    return {Method::get, "/",
            [desk](Request& request) -> awaitable<Response> {
                co_return in_either(request, about(*desk), front_page(desk->version, request.language));
            },
            allow(Policy::everyone())};
}

Route problems_route() {
    return {Method::get, "/problems",
            [](Request& request) -> awaitable<Response> {
                json::Array rows;
                for (Problem const* problem : all_problems()) rows.push_back(view_of(*problem));
                co_return in_either(request, JsonObject{{"items", std::move(rows)}},
                                    problems_page(request.language));
            },
            allow(Policy::everyone())};
}

Route problem_route() {
    return {Method::get, "/problems/{name}",
            [](Request& request) -> awaitable<Response> {
                auto const all = all_problems();
                auto const found = std::ranges::find(all, request.capture("name"),
                                                     [](Problem const* problem) { return problem->slug; });
                if (found == all.end()) co_return http::problem_response(fault(problem::not_found), request);
                co_return in_either(request, view_of(**found), problem_page(**found, request.language));
            },
            allow(Policy::everyone())};
}

/// RFC 9116.
Route security_route(std::shared_ptr<FrontDesk const> desk, Clock const& clock) {
    return {Method::get, "/.well-known/security.txt",
            [desk, &clock](Request& request) -> awaitable<Response> {
                if (desk->security_contact.empty())
                    co_return http::problem_response(
                        fault(problem::not_found,
                              "Whoever runs this server has named nobody for reports of weaknesses "
                              "(--security-contact).",
                              "本服务器的运行单位尚未指定安全问题联系人（--security-contact）。"),
                        request);
                Date const last{std::chrono::floor<std::chrono::days>(clock.now()) + contact_holds};
                std::string text = "Contact: " + desk->security_contact + "\nExpires: " + to_iso(last) +
                                   "T00:00:00Z\nPreferred-Languages: zh, en\n";
                if (desk->issuer.starts_with("https://"))
                    text += "Canonical: " + desk->issuer + "/.well-known/security.txt\n";
                co_return cached(request, text_type, std::move(text), cache_of_documents);
            },
            allow(Policy::everyone())};
}

}  // namespace

std::vector<Route> contract_routes(FrontDesk given, Clock const& clock) {
    auto const desk = std::make_shared<FrontDesk const>(std::move(given));
    std::vector<Route> routes;
    routes.push_back(front_route(desk));
    routes.push_back(document_route("/openapi.json", json_type, bytes_of("openapi.json")));
    routes.push_back(document_route("/openapi-3.0.json", json_type, bytes_of("openapi-3.0.json")));
    routes.push_back(document_route("/openapi.yaml", yaml_type, bytes_of("openapi.yaml")));
    routes.push_back(document_route("/v1/vocabulary", json_type, desk->vocabulary));
    routes.push_back(document_route("/robots.txt", text_type, "User-agent: *\nDisallow: /\n"));
    routes.push_back({Method::get, "/docs",
                      [html = bytes_of("docs.html")](Request& request) -> awaitable<Response> {
                          co_return page(request, html);
                      },
                      allow(Policy::everyone())});
    routes.push_back(problems_route());
    routes.push_back(problem_route());
    routes.push_back(security_route(desk, clock));
    return routes;
}

}  // namespace sponsio::api
