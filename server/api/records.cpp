#include "server/api/records.hpp"

#include "server/api/accept.hpp"
#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

using service::Disclose;

constexpr http::Literal token_type = "application/dc+sd-jwt";
constexpr std::string_view json_type = "application/json";

/// Cached copies of key sets may be this old; a rotation with a longer overlap is never noticed by a reader.
constexpr std::string_view cache_of_keys = "public, max-age=300";

/// The signed record itself. Caches between us and the reader must not store personal data.
Response token(std::string sd_jwt) {
    Response response{.content_type = token_type, .body = std::move(sd_jwt)};
    return response;
}

awaitable<Response> list(service::RecordService& records, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto const after = position_of(*paging);
    if (!after) co_return http::problem_response(after.error(), request);
    auto const disclose = choice_in_query<Disclose>(request, "disclose");
    if (!disclose) co_return http::problem_response(disclose.error(), request);
    auto const feed = co_await records.feed(caller_of(request), *after, paging->limit, *disclose);
    if (!feed) co_return http::problem_response(feed.error(), request);
    json::Array items;
    for (service::RecordView const& view : feed->items) items.push_back(view.to_json());
    // A page of erased records has no items, but it has a last position.
    std::optional<std::string> last;
    if (feed->last) last = std::to_string(*feed->last);
    co_return answer(feed_page(std::move(items), last), request);
}

awaitable<Response> one(service::RecordService& records, Request& request) {
    auto const id = id_in_path<RecordId>(request, "record_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto const disclose = choice_in_query<Disclose>(request, "disclose");
    if (!disclose) co_return http::problem_response(disclose.error(), request);
    constexpr std::string_view offered[] = {json_type, token_type};
    auto const chosen = preferred(request.header("Accept").value_or(""), offered);
    if (!chosen) co_return http::problem_response(fault(problem::not_acceptable), request);
    auto record = co_await records.one(caller_of(request), *id, *disclose);
    if (!record) co_return http::problem_response(record.error(), request);
    Response response =
        *chosen == token_type ? token((*record)->record.sd_jwt) : answer((*record)->to_json(), request);
    response.set("Vary", "Accept");
    co_return response;
}

}  // namespace

domain::Policy record_readers() {
    return Policy::one_of({Role::integrator, Role::supervisor, Role::decider, Role::verifier});
}

std::vector<Route> record_routes(service::RecordService& records) {
    std::vector<Route> routes;
    routes.push_back({Method::get, "/v1/records",
                      [&records](Request& request) { return list(records, request); },
                      allow_list(record_readers(), {word_parameter<Disclose>("disclose")})});
    routes.push_back({Method::get, "/v1/records/{record_id}",
                      [&records](Request& request) { return one(records, request); },
                      allow_query(record_readers(), {word_parameter<Disclose>("disclose")})});
    return routes;
}

std::vector<Route> public_key_routes(PublicDocuments documents) {
    auto const shared = std::make_shared<PublicDocuments const>(std::move(documents));
    std::vector<Route> routes;
    routes.push_back({Method::get, "/.well-known/jwks.json",
                      [shared](Request& request) -> awaitable<Response> {
                          co_return cached(request, "application/json", shared->jwks(), cache_of_keys);
                      },
                      allow(Policy::everyone())});
    routes.push_back({Method::get, "/.well-known/jwt-vc-issuer",
                      [shared](Request& request) -> awaitable<Response> {
                          co_return cached(request, "application/json", shared->issuer, cache_of_keys);
                      },
                      allow(Policy::everyone())});
    routes.push_back({Method::get, "/.well-known/sm2-public.pem",
                      [shared](Request& request) -> awaitable<Response> {
                          std::optional<std::string> kid;
                          if (auto const named = request.query("kid")) kid = std::string(*named);
                          auto pem = shared->sm2_pem(kid);
                          if (!pem) co_return http::problem_response(fault(problem::not_found), request);
                          co_return cached(request, "application/x-pem-file", std::move(*pem), cache_of_keys);
                      },
                      allow_query(Policy::everyone(), {"kid"})});
    routes.push_back({Method::get, "/.well-known/vct/false-commitment",
                      [shared](Request& request) -> awaitable<Response> {
                          co_return cached(request, "application/json", shared->record_type, cache_of_keys);
                      },
                      allow(Policy::everyone())});
    return routes;
}

}  // namespace sponsio::api
