#include "server/api/submissions.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

using Part = service::ReportService::Part;

std::string captured(Request const& request, std::string_view name) {
    return std::string(request.capture(name));
}

awaitable<Response> correct(service::ReportService& reports, Request& request,
                            std::optional<std::string> batch_no) {
    auto body = read_body(request, service::Correction::read);
    if (!body) co_return http::problem_response(body.error(), request);
    co_return answer(co_await reports.correct(caller_of(request), std::move(batch_no),
                                              captured(request, "record_no"), std::move(*body)),
                     request, 201);
}

/// One of the four files of a batch, byte for byte.
Route part_route(service::ReportService& reports, std::string pattern, Part part, std::string type,
                 http::RouteOptions options) {
    return {Method::get, std::move(pattern),
            [&reports, part, type](Request& request) -> awaitable<Response> {
                auto bytes = co_await reports.part(caller_of(request), captured(request, "batch_no"), part);
                if (!bytes) co_return http::problem_response(bytes.error(), request);
                co_return http::bytes_response(type, std::move(*bytes));
            },
            std::move(options)};
}

}  // namespace

std::vector<Route> submission_routes(service::ReportService& reports) {
    // How far reporting has come is an administrator's business; what it says of people is not.
    Policy const counters = Policy::one_of({Role::supervisor, Role::integrator, Role::administrator});
    Policy const who = Policy::one_of({Role::supervisor, Role::integrator});
    auto const readers = [who] { return allow(who); };
    auto const correctors = [] { return allow(Policy::one_of({Role::supervisor}), 64 * 1024); };
    std::vector<Route> routes;
    routes.push_back({Method::get, "/v1/submissions",
                      [&reports](Request& request) -> awaitable<Response> {
                          auto paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          auto batches =
                              co_await reports.list(caller_of(request), paging->after, paging->limit);
                          if (!batches) co_return http::problem_response(batches.error(), request);
                          co_return answer(feed_page(std::move(*batches)), request);
                      },
                      allow_list(counters)});
    routes.push_back({Method::get, "/v1/submissions/held",
                      [&reports](Request& request) -> awaitable<Response> {
                          auto paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          co_return answer_page(
                              co_await reports.held(caller_of(request), paging->after, paging->limit),
                              paging->limit, request);
                      },
                      allow_list(who)});
    routes.push_back({Method::get, "/v1/submissions/{batch_no}",
                      [&reports](Request& request) -> awaitable<Response> {
                          co_return answer(
                              co_await reports.batch(caller_of(request), captured(request, "batch_no")),
                              request);
                      },
                      readers()});
    routes.push_back({Method::post, "/v1/submissions/{batch_no}/retry",
                      [&reports](Request& request) -> awaitable<Response> {
                          co_return answer(
                              co_await reports.retry(caller_of(request), captured(request, "batch_no")),
                              request);
                      },
                      correctors()});
    routes.push_back(part_route(reports, "/v1/submissions/{batch_no}/manifest", Part::manifest,
                                "application/json", readers()));
    routes.push_back(part_route(reports, "/v1/submissions/{batch_no}/records.jsonl", Part::records,
                                "application/jsonl", readers()));
    routes.push_back(part_route(reports, "/v1/submissions/{batch_no}/signature", Part::signature,
                                "application/octet-stream", readers()));
    routes.push_back(part_route(reports, "/v1/submissions/{batch_no}/answer", Part::answer,
                                "application/json", readers()));
    routes.push_back({Method::post, "/v1/submissions/held/records/{record_no}/correction",
                      [&reports](Request& request) -> awaitable<Response> {
                          co_return co_await correct(reports, request, std::nullopt);
                      },
                      correctors()});
    routes.push_back({Method::post, "/v1/submissions/{batch_no}/records/{record_no}/correction",
                      [&reports](Request& request) -> awaitable<Response> {
                          co_return co_await correct(reports, request, captured(request, "batch_no"));
                      },
                      correctors()});
    return routes;
}

}  // namespace sponsio::api
