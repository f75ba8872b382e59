#include "server/api/repairs.hpp"

#include "server/api/common.hpp"
#include "server/api/evidence.hpp"

namespace sponsio::api {
namespace {

using service::RepairService;

Outcome<service::RepairFilter> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::RepairState>(request, "state");
    if (!state) return state.error();
    auto const record = request.query("record_id");
    return service::RepairFilter{.state = *state,
                                 .record = record ? RecordId::parse(*record) : std::nullopt,
                                 .after = std::move(paging->after),
                                 .limit = paging->limit};
}

Route apply_route(RepairService& repairs) {
    return {Method::post, "/v1/repairs",
            [&repairs](Request& request) -> awaitable<Response> {
                auto body = read_once(request, domain::RepairDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(
                    co_await repairs.apply(caller_of(request), std::move(body->once), std::move(body->value)),
                    request);
            },
            allow(Policy::one_of({Role::clerk}))};
}

Route list_route(RepairService& repairs, Policy readers) {
    return {Method::get, "/v1/repairs",
            [&repairs](Request& request) -> awaitable<Response> {
                auto question = question_of(request);
                if (!question) co_return http::problem_response(question.error(), request);
                int const limit = question->limit;
                co_return answer_page(co_await repairs.list(caller_of(request), std::move(*question)), limit,
                                      request);
            },
            allow_list(readers, {word_parameter<domain::RepairState>("state"), id_parameter("record_id")})};
}

}  // namespace

std::vector<Route> repair_routes(RepairService& repairs) {
    Policy const readers =
        Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor});
    Policy const heads = Policy::one_of({Role::decider, Role::supervisor});
    std::string const one = "/v1/repairs/{repair_id}";
    std::vector<Route> routes;
    auto const add = [&](Method method, std::string const& below, Policy who, auto act) {
        routes.push_back(route_on(method, one + below, "repair_id", who, repairs, act));
    };
    routes.push_back(apply_route(repairs));
    routes.push_back(list_route(repairs, readers));
    add(Method::get, "", readers, &RepairService::repair);
    add(Method::post, "/acceptance", Policy::one_of({Role::verifier, Role::reviewer}),
        &RepairService::accept);
    add(Method::post, "/decision", heads, &RepairService::decide);
    add(Method::post, "/extension", Policy::one_of({Role::decider}), &RepairService::extend);
    add(Method::post, "/withdrawal", Policy::one_of({Role::clerk}), &RepairService::withdraw);
    add(Method::post, "/revocation", heads, &RepairService::revoke);
    for (Route& route : case_file_routes(repairs.files(), one, "repair_id"))
        routes.push_back(std::move(route));
    return routes;
}

}  // namespace sponsio::api
