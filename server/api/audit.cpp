#include "server/api/audit.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {

std::vector<Route> audit_routes(service::AuditService& audit) {
    std::vector<Route> routes;
    routes.push_back({Method::get, "/v1/audit-events",
                      [&audit](Request& request) -> awaitable<Response> {
                          auto const paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          auto const after = position_of(*paging);
                          if (!after) co_return http::problem_response(after.error(), request);
                          std::optional<std::string> subject;
                          if (auto const named = request.query("subject")) subject = std::string(*named);
                          auto events = co_await audit.events(caller_of(request), *after, std::move(subject),
                                                              paging->limit);
                          if (!events) co_return http::problem_response(events.error(), request);
                          co_return answer(feed_page(std::move(*events)), request);
                      },
                      allow_list(Policy::one_of({Role::auditor}), {"subject"})});
    return routes;
}

}  // namespace sponsio::api
