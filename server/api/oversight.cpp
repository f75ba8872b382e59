#include "server/api/oversight.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

using service::OversightService;

std::string const one_task = "/v1/verifications/{task_id}";

Route clue_route(OversightService& oversight) {
    return {Method::post, "/v1/verifications",
            [&oversight](Request& request) -> awaitable<Response> {
                auto body = read_once(request, service::Clue::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await oversight.open_on_clue(caller_of(request), std::move(body->once),
                                                                 std::move(body->value)),
                                 request);
            },
            allow(Policy::one_of({Role::verifier, Role::supervisor}))};
}

Route recusal_decision_route(OversightService& oversight) {
    return {Method::post, one_task + "/recusals/{recusal_id}/decision",
            [&oversight](Request& request) -> awaitable<Response> {
                auto task = id_in_path<TaskId>(request, "task_id");
                if (!task) co_return http::problem_response(task.error(), request);
                auto id = id_in_path<RecusalId>(request, "recusal_id");
                if (!id) co_return http::problem_response(id.error(), request);
                auto body = read_body(request, service::RecusalDecision::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(
                    co_await oversight.decide_recusal(caller_of(request), *task, *id, std::move(*body)),
                    request);
            },
            allow(Policy::one_of({Role::supervisor, Role::decider}))};
}

}  // namespace

std::vector<Route> oversight_routes(OversightService& oversight) {
    std::vector<Route> routes;
    auto const add = [&](std::string const& below, Policy who, auto act) {
        routes.push_back(route_on(Method::post, one_task + below, "task_id", who, oversight, act));
    };
    routes.push_back(clue_route(oversight));
    add("/recusals", Policy::one_of({Role::verifier, Role::clerk}), &OversightService::request_recusal);
    routes.push_back(recusal_decision_route(oversight));
    add("/reopening", Policy::one_of({Role::verifier}), &OversightService::request_reopening);
    add("/reopening/decision", Policy::one_of({Role::reviewer, Role::supervisor}),
        &OversightService::decide_reopening);
    add("/retraction", Policy::one_of({Role::verifier}), &OversightService::request_retraction);
    add("/retraction/decision", Policy::one_of({Role::verifier, Role::reviewer, Role::supervisor}),
        &OversightService::decide_retraction);
    add("/inspection", Policy::one_of({Role::verifier}), &OversightService::request_inspection);
    add("/inspection/decision", Policy::one_of({Role::reviewer, Role::supervisor}),
        &OversightService::decide_inspection);
    add("/reassignment", Policy::one_of({Role::supervisor}), &OversightService::reassign);
    return routes;
}

}  // namespace sponsio::api
