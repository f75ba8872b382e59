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

awaitable<Response> give_input(service::DrawService& draws, Request& request) {
    auto const id = id_in_path<DrawId>(request, "draw_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto input = read_body(request, domain::PublicInput::read);
    if (!input) co_return http::problem_response(input.error(), request);
    co_return answer(co_await draws.give_public_input(caller_of(request), *id, std::move(*input)), request);
}

awaitable<Response> one_draw(service::DrawService& draws, Request& request) {
    auto const id = id_in_path<DrawId>(request, "draw_id");
    if (!id) co_return http::problem_response(id.error(), request);
    co_return answer(co_await draws.draw(caller_of(request), *id), request);
}

awaitable<Response> list_draws(service::DrawService& draws, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto const after = id_behind<DrawId>(*paging);
    if (!after) co_return http::problem_response(after.error(), request);
    auto rows = co_await draws.list(caller_of(request), *after, paging->limit);
    co_return answer(page_by(std::move(rows), paging->limit, "draw_id"), request);
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
    auto rows = co_await conflicts.list(caller_of(request), *after, paging->limit);
    co_return answer(page_by(std::move(rows), paging->limit, "conflict_id"), request);
}

awaitable<Response> end_conflict(service::ConflictService& conflicts, Request& request) {
    auto const id = id_in_path<ConflictId>(request, "conflict_id");
    if (!id) co_return http::problem_response(id.error(), request);
    co_return answer(co_await conflicts.end(caller_of(request), *id), request);
}

}  // namespace

std::vector<Route> draw_routes(service::DrawService& draws) {
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/draws", [&draws](Request& request) { return hold(draws, request); },
                      allow(supervisors)});
    routes.push_back({Method::get, "/v1/draws",
                      [&draws](Request& request) { return list_draws(draws, request); },
                      allow_list(supervisors)});
    routes.push_back({Method::get, "/v1/draws/{draw_id}",
                      [&draws](Request& request) { return one_draw(draws, request); }, allow(supervisors)});
    routes.push_back({Method::post, "/v1/draws/{draw_id}/public-input",
                      [&draws](Request& request) { return give_input(draws, request); }, allow(supervisors)});
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
    routes.push_back({Method::post, "/v1/conflicts/{conflict_id}/end",
                      [&conflicts](Request& request) { return end_conflict(conflicts, request); },
                      allow(verifiers)});
    return routes;
}

}  // namespace sponsio::api
