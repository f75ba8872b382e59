#include "server/api/audit.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

Policy const auditors = Policy::one_of({Role::auditor});

Route queries_route(service::AuditService& audit) {
    return {Method::get, "/v1/personal-queries",
            [&audit](Request& request) -> awaitable<Response> {
                auto const paging = paging_of(request);
                if (!paging) co_return http::problem_response(paging.error(), request);
                auto const after = position_of(*paging);
                if (!after) co_return http::problem_response(after.error(), request);
                auto queries = co_await audit.queries(caller_of(request), *after, paging->limit);
                if (!queries) co_return http::problem_response(queries.error(), request);
                co_return answer(feed_page(std::move(*queries)), request);
            },
            allow_list(auditors)};
}

Route queries_about_route(service::AuditService& audit) {
    http::RouteOptions options = allow_list(auditors);
    options.asks = true;
    return {Method::post, "/v1/personal-queries/searches",
            [&audit](Request& request) -> awaitable<Response> {
                auto const paging = paging_of(request);
                if (!paging) co_return http::problem_response(paging.error(), request);
                auto const after = position_of(*paging);
                if (!after) co_return http::problem_response(after.error(), request);
                auto body = body_of(request);
                if (!body) co_return http::problem_response(body.error(), request);
                auto queries =
                    co_await audit.queries_about(caller_of(request), std::move(*body), *after, paging->limit);
                if (!queries) co_return http::problem_response(queries.error(), request);
                co_return answer(feed_page(std::move(*queries)), request);
            },
            std::move(options)};
}

}  // namespace

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
                      allow_list(auditors, {"subject"})});
    routes.push_back(queries_route(audit));
    routes.push_back(queries_about_route(audit));
    return routes;
}

}  // namespace sponsio::api
