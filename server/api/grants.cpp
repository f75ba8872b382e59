#include "server/api/grants.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {

using service::GrantService;

std::vector<Route> grant_routes(GrantService& grants) {
    Policy const administrator = Policy::one_of({Role::administrator});
    std::vector<Route> routes;
    routes.push_back({Method::get, "/v1/grants",
                      [&grants](Request& request) -> awaitable<Response> {
                          auto const paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          auto const after = id_behind<GrantId>(*paging);
                          if (!after) co_return http::problem_response(after.error(), request);
                          co_return answer_page(
                              co_await grants.list(caller_of(request), *after, paging->limit), paging->limit,
                              request);
                      },
                      allow_list(Policy::one_of({Role::administrator, Role::auditor}))});
    routes.push_back(route_on(Method::post, "/v1/grants/{grant_id}/confirmation", "grant_id", administrator,
                              grants, &GrantService::confirm));
    routes.push_back(route_on(Method::post, "/v1/grants/{grant_id}/end", "grant_id", administrator, grants,
                              &GrantService::end));
    return routes;
}

}  // namespace sponsio::api
