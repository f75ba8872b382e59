#include "server/api/rectifications.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {

std::vector<Route> rectification_routes(service::RectificationService& rectifications) {
    std::string const path = "/v1/commitments/{code}/rectification";
    std::vector<Route> routes;
    routes.push_back({Method::post, path,
                      [&rectifications](Request& request) -> awaitable<Response> {
                          auto body = read_once(request, domain::RectificationDraft::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(co_await rectifications.record(
                                               caller_of(request), std::move(body->once),
                                               std::string(request.capture("code")), std::move(body->value)),
                                           request);
                      },
                      allow(Policy::one_of({Role::verifier}))});
    routes.push_back(
        {Method::get, path,
         [&rectifications](Request& request) -> awaitable<Response> {
             co_return answer(
                 co_await rectifications.newest(caller_of(request), std::string(request.capture("code"))),
                 request);
         },
         allow(Policy::one_of({Role::verifier, Role::reviewer, Role::decider, Role::supervisor}))});
    routes.push_back({Method::post, path + "/decision",
                      [&rectifications](Request& request) -> awaitable<Response> {
                          auto decision = read_body(request, domain::RectificationDecision::read);
                          if (!decision) co_return http::problem_response(decision.error(), request);
                          co_return answer(
                              co_await rectifications.decide(caller_of(request),
                                                             std::string(request.capture("code")), *decision),
                              request);
                      },
                      allow(Policy::one_of({Role::reviewer}))});
    return routes;
}

}  // namespace sponsio::api
