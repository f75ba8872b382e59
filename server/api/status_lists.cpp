#include "server/api/status_lists.hpp"

#include "server/api/accept.hpp"
#include "server/api/common.hpp"
#include "text/decimal.hpp"

namespace sponsio::api {
namespace {

constexpr http::Literal list_type = "application/statuslist+jwt";

/// A cached copy may be this old, which is less than the list's own `ttl`.
constexpr std::string_view cache_of_lists = "public, max-age=60";

/// The list number; 0, which no list has, for any other text.
std::int32_t list_in_path(Request const& request) {
    return parse_decimal_as<std::int32_t>(request.capture("list_no")).value_or(0);
}

/// Only the present list is kept; draft-ietf-oauth-status-list-21 §8.4 has a status code for that.
Fault no_older_lists() {
    return fault(problem::not_implemented,
                 "Lists of earlier times are not kept; ask without `time` for the present one.",
                 "不保存历史状态列表；请去掉 time 参数查询当前列表。");
}

awaitable<Response> list(service::StatusService& statuses, Request& request) {
    if (request.query("time")) co_return http::problem_response(no_older_lists(), request);
    constexpr std::string_view offered[] = {list_type};
    if (!preferred(request.header("Accept").value_or(""), offered))
        co_return http::problem_response(fault(problem::not_acceptable), request);
    auto const token = co_await statuses.list(list_in_path(request), request.deadline);
    if (!token) co_return http::problem_response(token.error(), request);
    Response response = cached(request, list_type, **token, cache_of_lists);
    response.set("Vary", "Accept");
    co_return response;
}

}  // namespace

std::vector<Route> status_list_routes(service::StatusService& statuses) {
    std::vector<Route> routes;
    routes.push_back({Method::get, "/v1/status-lists/{list_no}",
                      [&statuses](Request& request) { return list(statuses, request); },
                      allow_query(Policy::everyone(), {"time"})});
    return routes;
}

}  // namespace sponsio::api
