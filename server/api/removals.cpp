#include "server/api/removals.hpp"

#include "server/api/common.hpp"
#include "server/api/records.hpp"

namespace sponsio::api {
namespace {

using service::RemovalService;

Outcome<service::RemovalFilter> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::RemovalState>(request, "state");
    if (!state) return state.error();
    auto const record = request.query("record_id");
    return service::RemovalFilter{.state = *state,
                                  .record = record ? RecordId::parse(*record) : std::nullopt,
                                  .after = std::move(paging->after),
                                  .limit = paging->limit};
}

}  // namespace

std::vector<Route> removal_routes(RemovalService& removals) {
    std::string const one = "/v1/removals/{removal_id}";
    std::vector<Route> routes;
    routes.push_back(
        {Method::get, "/v1/removals",
         [&removals](Request& request) -> awaitable<Response> {
             auto question = question_of(request);
             if (!question) co_return http::problem_response(question.error(), request);
             int const limit = question->limit;
             co_return answer_page(co_await removals.list(caller_of(request), std::move(*question)), limit,
                                   request);
         },
         allow_list(record_readers(),
                    {word_parameter<domain::RemovalState>("state"), id_parameter("record_id")})});
    routes.push_back(
        route_on(Method::get, one, "removal_id", record_readers(), removals, &RemovalService::removal));
    routes.push_back(route_on(Method::post, one + "/receipts", "removal_id",
                              Policy::one_of({Role::integrator}), removals, &RemovalService::confirm));
    return routes;
}

}  // namespace sponsio::api
