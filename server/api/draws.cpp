#include "server/api/draws.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

constexpr Policy supervisors = Policy::one_of({Role::supervisor});
constexpr Policy verifiers = Policy::one_of({Role::verifier});

awaitable<Response> hold(service::DrawService& draws, Request& request) {
    auto body = read_once(request, domain::DrawRequest::read);
    if (!body) co_return http::problem_response(body.error(), request);
    co_return answer(co_await draws.create(caller_of(request), std::move(body->once), std::move(body->value)),
                     request);
}

awaitable<Response> list_draws(service::DrawService& draws, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto const after = id_behind<DrawId>(*paging);
    if (!after) co_return http::problem_response(after.error(), request);
    co_return answer_page(co_await draws.list(caller_of(request), *after, paging->limit), paging->limit,
                          request);
}

awaitable<Response> declare(service::ConflictService& conflicts, Request& request) {
    auto body = body_of(request);
    if (!body) co_return http::problem_response(body.error(), request);
    auto once = request_once(request, *body);
    if (!once) co_return http::problem_response(once.error(), request);
    co_return answer(co_await conflicts.declare(caller_of(request), std::move(*once), std::move(*body)),
                     request);
}

awaitable<Response> list_conflicts(service::ConflictService& conflicts, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto const after = id_behind<ConflictId>(*paging);
    if (!after) co_return http::problem_response(after.error(), request);
    co_return answer_page(co_await conflicts.list(caller_of(request), *after, paging->limit), paging->limit,
                          request);
}

}  // namespace

std::vector<Route> draw_routes(service::DrawService& draws) {
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/draws", [&draws](Request& request) { return hold(draws, request); },
                      allow(supervisors)});
    routes.push_back({Method::get, "/v1/draws",
                      [&draws](Request& request) { return list_draws(draws, request); },
                      allow_list(supervisors)});
    routes.push_back(route_on(Method::get, "/v1/draws/{draw_id}", "draw_id", supervisors, draws,
                              &service::DrawService::draw));
    routes.push_back(route_on(Method::post, "/v1/draws/{draw_id}/public-input", "draw_id", supervisors, draws,
                              &service::DrawService::give_public_input));
    return routes;
}

std::vector<Route> conflict_routes(service::ConflictService& conflicts) {
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/conflicts",
                      [&conflicts](Request& request) { return declare(conflicts, request); },
                      allow(verifiers)});
    routes.push_back({Method::get, "/v1/conflicts",
                      [&conflicts](Request& request) { return list_conflicts(conflicts, request); },
                      allow_list(verifiers)});
    routes.push_back(route_on(Method::post, "/v1/conflicts/{conflict_id}/end", "conflict_id", verifiers,
                              conflicts, &service::ConflictService::end));
    return routes;
}

}  // namespace sponsio::api
