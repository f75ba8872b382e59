#include "server/api/common.hpp"
#include "server/api/exposures.hpp"

namespace sponsio::api {

using service::ExposureAppointments;

std::vector<Route> exposure_appointment_routes(ExposureAppointments& appointments) {
    Policy const administrator = Policy::one_of({Role::administrator});
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/exposure-authorities",
                      [&appointments](Request& request) -> awaitable<Response> {
                          auto body = read_once(request, domain::AuthorityDraft::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(
                              co_await appointments.appoint(caller_of(request), std::move(body->once),
                                                            std::move(body->value)),
                              request);
                      },
                      allow(administrator)});
    routes.push_back({Method::get, "/v1/exposure-authorities",
                      [&appointments](Request& request) -> awaitable<Response> {
                          auto const paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          auto const after = id_behind<ExposureAppointmentId>(*paging);
                          if (!after) co_return http::problem_response(after.error(), request);
                          co_return answer_page(
                              co_await appointments.list(caller_of(request), *after, paging->limit),
                              paging->limit, request);
                      },
                      allow_list(administrator)});
    routes.push_back(route_on(Method::post, "/v1/exposure-authorities/{appointment_id}/confirmation",
                              "appointment_id", administrator, appointments, &ExposureAppointments::confirm));
    routes.push_back({Method::get, "/public/v1/exposure-authorities",
                      [&appointments](Request& request) -> awaitable<Response> {
                          co_return answer(co_await appointments.authorities(request.deadline), request);
                      },
                      allow(Policy::everyone())});
    return routes;
}

}  // namespace sponsio::api
