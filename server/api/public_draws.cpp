#include "server/api/public_draws.hpp"

#include "server/api/accept.hpp"
#include "server/api/common.hpp"
#include "server/api/pool_file.hpp"

namespace sponsio::api {
namespace {

using service::PublicDraws;

constexpr http::Literal json_type = "application/json";

/// Not cached: a recusal makes another revision.
constexpr std::string_view cache_of_results = "no-cache";
constexpr std::string_view cache_of_pools = "public, max-age=31536000, immutable";

awaitable<Response> list(PublicDraws& draws, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto const after = id_behind<DrawId>(*paging);
    if (!after) co_return http::problem_response(after.error(), request);
    auto shown = co_await draws.list(*after, paging->limit, request.deadline);
    if (!shown) co_return http::problem_response(shown.error(), request);
    co_return cached(request, json_type, json::write(page_view(std::move(*shown), paging->limit)),
                     cache_of_results);
}

awaitable<Response> one(PublicDraws& draws, Request& request) {
    auto const id = id_in_path<DrawId>(request, "draw_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto const draw = co_await draws.draw(*id, request.deadline);
    if (!draw) co_return http::problem_response(draw.error(), request);
    co_return cached(request, json_type, json::write(*draw), cache_of_results);
}

awaitable<Response> statement(PublicDraws& draws, Request& request) {
    auto const id = id_in_path<DrawId>(request, "draw_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto document = co_await draws.statement(*id, request.deadline);
    if (!document) co_return http::problem_response(document.error(), request);
    co_return cached(request, json_type, std::move(*document), cache_of_results);
}

awaitable<Response> pool(PublicDraws& draws, Request& request) {
    auto const id = id_in_path<DrawId>(request, "draw_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto const digest = co_await draws.pool(*id, request.deadline);
    if (!digest) co_return http::problem_response(digest.error(), request);
    co_return pool_file(
        request, *digest,
        [&draws, id = *id](int number, Deadline by) { return draws.pool_piece(id, number, by); },
        cache_of_pools);
}

awaitable<Response> opening(PublicDraws& draws, Request& request) {
    auto const id = id_in_path<DrawId>(request, "draw_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto body = read_body(request, domain::OpeningRequest::read);
    if (!body) co_return http::problem_response(body.error(), request);
    co_return answer(co_await draws.opening(*id, std::move(*body), request.deadline), request);
}

}  // namespace

std::vector<Route> public_draw_routes(PublicDraws& draws) {
    std::vector<Route> routes;
    routes.push_back({Method::get, "/public/v1/draws",
                      [&draws](Request& request) { return list(draws, request); },
                      allow_list(Policy::everyone())});
    routes.push_back({Method::get, "/public/v1/draws/{draw_id}",
                      [&draws](Request& request) { return one(draws, request); }, allow(Policy::everyone())});
    routes.push_back({Method::get, "/public/v1/draws/{draw_id}/statement",
                      [&draws](Request& request) { return statement(draws, request); },
                      allow(Policy::everyone())});
    routes.push_back({Method::get, "/public/v1/draws/{draw_id}/pool",
                      [&draws](Request& request) { return pool(draws, request); },
                      allow(Policy::everyone())});
    auto asking = allow(Policy::everyone());
    asking.asks = true;
    routes.push_back({Method::post, "/public/v1/draws/{draw_id}/opening",
                      [&draws](Request& request) { return opening(draws, request); }, asking});
    return routes;
}

}  // namespace sponsio::api
