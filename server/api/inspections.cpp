#include "server/api/inspections.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {

std::vector<Route> inspection_routes(service::InspectionService& inspections) {
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/inspection-caps",
                      [&inspections](Request& request) -> awaitable<Response> {
                          auto body = read_once(request, domain::InspectionCap::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(
                              co_await inspections.publish_cap(caller_of(request), body->once, body->value),
                              request);
                      },
                      allow(Policy::one_of({Role::supervisor}))});
    routes.push_back({Method::get, "/v1/inspection-caps",
                      [&inspections](Request& request) -> awaitable<Response> {
                          co_return answer(co_await inspections.caps(caller_of(request)), request);
                      },
                      allow(Policy::any_account())});
    routes.push_back({Method::get, "/public/v1/inspections/{check_code}",
                      [&inspections](Request& request) -> awaitable<Response> {
                          co_return answer(co_await inspections.look_up(
                                               std::string(request.capture("check_code")), request.deadline),
                                           request);
                      },
                      allow(Policy::everyone())});
    return routes;
}

}  // namespace sponsio::api
