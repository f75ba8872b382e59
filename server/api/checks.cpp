#include "server/api/checks.hpp"

#include "server/api/common.hpp"
#include "server/base/form.hpp"

namespace sponsio::api {
namespace {

using service::AssistService;

Outcome<std::optional<TaskId>> task_in_query(Request const& request) {
    auto const text = request.query("task_id");
    if (!text) return std::optional<TaskId>{};
    if (auto id = TaskId::parse(*text)) return std::optional(*id);
    return bad_field("query:task_id", reason::bad_format, form::uuid);
}

Outcome<service::TicketFilter> tickets_asked_for(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::TicketState>(request, "state");
    if (!state) return state.error();
    auto side = choice_in_query<service::TicketSide>(request, "side");
    if (!side) return side.error();
    return service::TicketFilter{.side = side->value_or(service::TicketSide::incoming),
                                 .state = *state,
                                 .after = std::move(paging->after),
                                 .limit = paging->limit};
}

Json department_view(service::DepartmentStatus const& status) {
    service::Department const& d = *status.department;
    return JsonObject{{"department", d.word},
                      {"name", domain::to_json(d.name)},
                      {"breaker", client::name(status.breaker)},
                      {"max_per_second", d.max_per_second},
                      {"assist_unit_uscc", d.assist_unit_uscc ? Json(*d.assist_unit_uscc) : Json()},
                      {"assist_days", d.assist_days ? Json(*d.assist_days) : Json()}};
}

Route checks_route(AssistService& assist) {
    return {Method::get, "/v1/checks",
            [&assist](Request& request) -> awaitable<Response> {
                auto paging = paging_of(request);
                if (!paging) co_return http::problem_response(paging.error(), request);
                auto task = task_in_query(request);
                if (!task) co_return http::problem_response(task.error(), request);
                co_return answer_page(
                    co_await assist.checks(caller_of(request), *task, paging->after, paging->limit),
                    paging->limit, request);
            },
            allow_list(Policy::one_of({Role::verifier, Role::supervisor}), {id_parameter("task_id")})};
}

Route departments_route(DepartmentStatuses departments) {
    return {Method::get, "/v1/departments",
            [departments = std::move(departments)](Request& request) -> awaitable<Response> {
                json::Array items;
                for (service::DepartmentStatus const& one : departments())
                    items.push_back(department_view(one));
                co_return answer(Json(JsonObject{{"items", std::move(items)}}), request);
            },
            allow(Policy::any_account())};
}

Route tickets_route(AssistService& assist) {
    return {Method::get, "/v1/assist-tickets",
            [&assist](Request& request) -> awaitable<Response> {
                auto question = tickets_asked_for(request);
                if (!question) co_return http::problem_response(question.error(), request);
                int const limit = question->limit;
                co_return answer_page(co_await assist.tickets(caller_of(request), std::move(*question)),
                                      limit, request);
            },
            allow_list(
                Policy::one_of({Role::verifier, Role::supervisor}),
                {word_parameter<service::TicketSide>("side"), word_parameter<domain::TicketState>("state")})};
}

}  // namespace

std::vector<Route> check_routes(AssistService& assist, DepartmentStatuses departments) {
    std::vector<Route> routes;
    routes.push_back(checks_route(assist));
    routes.push_back(departments_route(std::move(departments)));
    routes.push_back(tickets_route(assist));
    routes.push_back(route_on(Method::get, "/v1/assist-tickets/{ticket_id}", "ticket_id",
                              Policy::one_of({Role::verifier, Role::supervisor}), assist,
                              &AssistService::ticket));
    routes.push_back(route_on(Method::post, "/v1/assist-tickets/{ticket_id}/answer", "ticket_id",
                              Policy::one_of({Role::verifier}), assist, &AssistService::answer));
    routes.push_back(route_on(Method::post, "/v1/verifications/{task_id}/assistance", "task_id",
                              Policy::one_of({Role::verifier}), assist, &AssistService::send));
    return routes;
}

}  // namespace sponsio::api
