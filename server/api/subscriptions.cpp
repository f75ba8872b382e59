#include "server/api/subscriptions.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {

using service::SubscriptionService;

std::vector<Route> subscription_routes(SubscriptionService& subscriptions) {
    Policy const integrator = Policy::one_of({Role::integrator});
    std::string const one = "/v1/subscriptions/{subscription_id}";
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/subscriptions",
                      [&subscriptions](Request& request) -> awaitable<Response> {
                          auto body = read_once(request, service::SubscriptionDraft::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(
                              co_await subscriptions.make(caller_of(request), body->once, body->value),
                              request);
                      },
                      allow(integrator)});
    routes.push_back({Method::get, "/v1/subscriptions",
                      [&subscriptions](Request& request) -> awaitable<Response> {
                          auto const paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          auto const after = id_behind<SubscriptionId>(*paging);
                          if (!after) co_return http::problem_response(after.error(), request);
                          co_return answer_page(
                              co_await subscriptions.list(caller_of(request), *after, paging->limit),
                              paging->limit, request);
                      },
                      allow_list(integrator)});
    routes.push_back({Method::get, one + "/deliveries",
                      [&subscriptions](Request& request) -> awaitable<Response> {
                          auto const id = id_in_path<SubscriptionId>(request, "subscription_id");
                          if (!id) co_return http::problem_response(id.error(), request);
                          auto paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          int const limit = paging->limit;
                          co_return answer_page(co_await subscriptions.deliveries(
                                                    caller_of(request), *id, std::move(paging->after), limit),
                                                limit, request);
                      },
                      allow_list(integrator)});
    routes.push_back({Method::post, one + "/secret",
                      [&subscriptions](Request& request) -> awaitable<Response> {
                          auto const id = id_in_path<SubscriptionId>(request, "subscription_id");
                          if (!id) co_return http::problem_response(id.error(), request);
                          auto body = read_once(request, service::RotationDraft::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(
                              co_await subscriptions.rotate(caller_of(request), *id, body->once, body->value),
                              request);
                      },
                      allow(integrator)});
    auto const add = [&](Method method, std::string const& below, auto act) {
        routes.push_back(route_on(method, one + below, "subscription_id", integrator, subscriptions, act));
    };
    add(Method::get, "", &SubscriptionService::one);
    add(Method::post, "/end", &SubscriptionService::end);
    add(Method::post, "/resume", &SubscriptionService::resume);
    add(Method::post, "/replay", &SubscriptionService::replay);
    return routes;
}

}  // namespace sponsio::api
