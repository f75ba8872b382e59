#include "server/api/erasures.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {

using service::ErasureService;

std::vector<Route> erasure_routes(ErasureService& erasures) {
    Policy const administrator = Policy::one_of({Role::administrator});
    std::vector<Route> routes;
    routes.push_back({Method::get, "/v1/erasures",
                      [&erasures](Request& request) -> awaitable<Response> {
                          auto const paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          auto const after = id_behind<ErasureId>(*paging);
                          if (!after) co_return http::problem_response(after.error(), request);
                          co_return answer_page(
                              co_await erasures.list(caller_of(request), *after, paging->limit),
                              paging->limit, request);
                      },
                      allow_list(Policy::one_of({Role::administrator, Role::auditor}))});
    routes.push_back(route_on(Method::post, "/v1/erasures/{erasure_id}/confirmation", "erasure_id",
                              administrator, erasures, &ErasureService::confirm));
    routes.push_back(route_on(Method::post, "/v1/erasures/{erasure_id}/refusal", "erasure_id", administrator,
                              erasures, &ErasureService::refuse));
    return routes;
}

}  // namespace sponsio::api
