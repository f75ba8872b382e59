#include "server/api/draws.hpp"

#include "server/api/common.hpp"
#include "server/api/pool_file.hpp"

namespace sponsio::api {
namespace {

constexpr Policy supervisors = Policy::one_of({Role::supervisor});
constexpr Policy readers = Policy::one_of({Role::supervisor, Role::auditor});
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

awaitable<Response> explain(service::DrawExplanations& explanations, Request& request) {
    auto const id = id_in_path<DrawId>(request, "draw_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto body = read_once(request, [](Fields& fields) { return fields.text("why", {.max = 4000}); });
    if (!body) co_return http::problem_response(body.error(), request);
    co_return answer(
        co_await explanations.explain(caller_of(request), std::move(body->once), *id, std::move(body->value)),
        request);
}

/// Kept by nobody on the way: it tells whose weight is what.
awaitable<Response> full_pool(service::DrawService& draws, Request& request) {
    auto const id = id_in_path<DrawId>(request, "draw_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto const digest = co_await draws.full_pool(caller_of(request), *id);
    if (!digest) co_return http::problem_response(digest.error(), request);
    co_return pool_file(
        request, *digest,
        [&draws, id = *id](int number, Deadline by) { return draws.full_pool_piece(id, number, by); },
        "no-store");
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

std::vector<Route> draw_routes(service::DrawService& draws, service::DrawExplanations& explanations) {
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
    routes.push_back({Method::get, "/v1/draws/{draw_id}/full-pool",
                      [&draws](Request& request) { return full_pool(draws, request); }, allow(readers)});
    routes.push_back({Method::post, "/v1/draws/{draw_id}/explanation",
                      [&explanations](Request& request) { return explain(explanations, request); },
                      allow(supervisors)});
    routes.push_back(route_on(Method::post, "/v1/draws/{draw_id}/explanation/decision", "draw_id",
                              supervisors, explanations, &service::DrawExplanations::decide));
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
