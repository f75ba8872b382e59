#include "server/api/objections.hpp"

#include "server/api/common.hpp"
#include "server/api/evidence.hpp"

namespace sponsio::api {
namespace {

using service::ObjectionService;

Outcome<service::ObjectionFilter> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::ObjectionState>(request, "state");
    if (!state) return state.error();
    auto const record = request.query("record_id");
    return service::ObjectionFilter{.state = *state,
                                    .record = record ? RecordId::parse(*record) : std::nullopt,
                                    .after = std::move(paging->after),
                                    .limit = paging->limit};
}

Route file_route(ObjectionService& objections) {
    return {Method::post, "/v1/objections",
            [&objections](Request& request) -> awaitable<Response> {
                auto body = read_once(request, domain::ObjectionDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await objections.file(caller_of(request), std::move(body->once),
                                                          std::move(body->value)),
                                 request);
            },
            allow(Policy::one_of({Role::clerk, Role::integrator}))};
}

Route list_route(ObjectionService& objections, Policy readers) {
    return {
        Method::get, "/v1/objections",
        [&objections](Request& request) -> awaitable<Response> {
            auto question = question_of(request);
            if (!question) co_return http::problem_response(question.error(), request);
            int const limit = question->limit;
            co_return answer_page(co_await objections.list(caller_of(request), std::move(*question)), limit,
                                  request);
        },
        allow_list(readers, {word_parameter<domain::ObjectionState>("state"), id_parameter("record_id")})};
}

}  // namespace

std::vector<Route> objection_routes(ObjectionService& objections) {
    Policy const readers = Policy::one_of(
        {Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor, Role::integrator});
    Policy const counter = Policy::one_of({Role::clerk});
    std::string const one = "/v1/objections/{objection_id}";
    std::vector<Route> routes;
    auto const add = [&](Method method, std::string const& below, Policy who, auto act) {
        routes.push_back(route_on(method, one + below, "objection_id", who, objections, act));
    };
    routes.push_back(file_route(objections));
    routes.push_back(list_route(objections, readers));
    add(Method::get, "", readers, &ObjectionService::objection);
    add(Method::post, "/proposal", Policy::one_of({Role::verifier, Role::reviewer}),
        &ObjectionService::propose);
    add(Method::post, "/decision", Policy::one_of({Role::decider, Role::supervisor}),
        &ObjectionService::decide);
    add(Method::post, "/extension", Policy::one_of({Role::decider}), &ObjectionService::extend);
    add(Method::post, "/withdrawal", counter, &ObjectionService::withdraw);
    add(Method::post, "/review", counter, &ObjectionService::seek_review);
    add(Method::post, "/review-outcome", Policy::one_of({Role::reviewer, Role::decider}),
        &ObjectionService::end_review);
    for (Route& route : case_file_routes(objections.files(), one, "objection_id"))
        routes.push_back(std::move(route));
    return routes;
}

}  // namespace sponsio::api
