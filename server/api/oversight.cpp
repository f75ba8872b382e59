#include "server/api/oversight.hpp"

#include "server/api/common.hpp"
#include "server/service/unit/async.hpp"

namespace sponsio::api {
namespace {

using service::OversightService;

std::string const one_task = "/v1/verifications/{task_id}";

/// A decision about a task: its body is read by `Body::read`.
template <class Body>
Route step_route(OversightService& oversight, std::string const& below, Policy policy,
                 service::Async<Json> (OversightService::*step)(service::Caller<domain::Official> const&,
                                                                TaskId, Body)) {
    return {Method::post, one_task + below,
            [&oversight, step](Request& request) -> awaitable<Response> {
                auto id = id_in_path<TaskId>(request, "task_id");
                if (!id) co_return http::problem_response(id.error(), request);
                auto body = read_body(request, Body::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await (oversight.*step)(caller_of(request), *id, std::move(*body)),
                                 request);
            },
            allow(policy)};
}

/// A request about a task, made once.
template <class Body>
Route request_route(OversightService& oversight, std::string const& below, Policy policy,
                    service::Async<service::Created> (OversightService::*ask)(
                        service::Caller<domain::Official> const&, service::RequestOnce, TaskId, Body)) {
    return {Method::post, one_task + below,
            [&oversight, ask](Request& request) -> awaitable<Response> {
                auto id = id_in_path<TaskId>(request, "task_id");
                if (!id) co_return http::problem_response(id.error(), request);
                auto body = read_once(request, Body::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await (oversight.*ask)(caller_of(request), std::move(body->once), *id,
                                                           std::move(body->value)),
                                 request);
            },
            allow(policy)};
}

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
    routes.push_back(clue_route(oversight));
    routes.push_back(request_route(oversight, "/recusals", Policy::one_of({Role::verifier, Role::clerk}),
                                   &OversightService::request_recusal));
    routes.push_back(recusal_decision_route(oversight));
    routes.push_back(request_route(oversight, "/reopening", Policy::one_of({Role::verifier}),
                                   &OversightService::request_reopening));
    routes.push_back(step_route(oversight, "/reopening/decision",
                                Policy::one_of({Role::reviewer, Role::supervisor}),
                                &OversightService::decide_reopening));
    routes.push_back(step_route(oversight, "/reassignment", Policy::one_of({Role::supervisor}),
                                &OversightService::reassign));
    return routes;
}

}  // namespace sponsio::api
