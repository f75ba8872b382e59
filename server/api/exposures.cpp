#include "server/api/exposures.hpp"

#include "server/api/common.hpp"
#include "server/api/evidence.hpp"

namespace sponsio::api {
namespace {

using service::ExposureService;

Outcome<service::ExposureFilter> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::ExposureState>(request, "state");
    if (!state) return state.error();
    return service::ExposureFilter{
        .state = *state, .after = std::move(paging->after), .limit = paging->limit};
}

Route list_route(ExposureService& exposures, Policy readers) {
    return {Method::get, "/v1/exposures",
            [&exposures](Request& request) -> awaitable<Response> {
                auto question = question_of(request);
                if (!question) co_return http::problem_response(question.error(), request);
                int const limit = question->limit;
                co_return answer_page(co_await exposures.list(caller_of(request), std::move(*question)),
                                      limit, request);
            },
            allow_list(readers, {word_parameter<domain::ExposureState>("state")})};
}

awaitable<Response> entries(ExposureService& exposures, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto page = co_await exposures.entries(paging->after, paging->limit, request.deadline);
    if (!page) co_return http::problem_response(page.error(), request);
    // What was withdrawn says so at once, so nobody keeps a copy without asking.
    co_return cached(request, "application/json", json::write(page_view(std::move(*page), paging->limit)),
                     "no-cache");
}

}  // namespace

std::vector<Route> exposure_routes(ExposureService& exposures) {
    Policy const readers =
        Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor});
    Policy const desk = Policy::one_of({Role::clerk, Role::verifier});
    Policy const examiners = Policy::one_of({Role::verifier});
    Policy const heads = Policy::one_of({Role::decider, Role::supervisor});
    std::string const one = "/v1/exposures/{exposure_id}";
    std::vector<Route> routes;
    auto const add = [&](Method method, std::string const& below, Policy who, auto act) {
        routes.push_back(route_on(method, one + below, "exposure_id", who, exposures, act));
    };
    routes.push_back(list_route(exposures, readers));
    add(Method::get, "", readers, &ExposureService::exposure);
    add(Method::post, "/match", examiners, &ExposureService::match);
    add(Method::post, "/screening", examiners, &ExposureService::screen);
    add(Method::post, "/screening-decision", heads, &ExposureService::decide);
    add(Method::post, "/meeting-outcome", Policy::one_of({Role::verifier, Role::decider, Role::supervisor}),
        &ExposureService::settle);
    add(Method::post, "/help", desk, &ExposureService::help);
    add(Method::post, "/answer", desk, &ExposureService::answer);
    add(Method::post, "/answer-decision", heads, &ExposureService::decide_answer);
    add(Method::post, "/correction", desk, &ExposureService::correct);
    add(Method::post, "/correction-decision",
        Policy::one_of({Role::verifier, Role::decider, Role::supervisor}),
        &ExposureService::decide_correction);
    add(Method::post, "/exposure-proposal", Policy::one_of({Role::verifier, Role::supervisor}),
        &ExposureService::propose);
    add(Method::post, "/legal-check", Policy::one_of({Role::reviewer}), &ExposureService::check);
    add(Method::post, "/exposure-decision", Policy::one_of({Role::decider}),
        &ExposureService::decide_exposure);
    add(Method::post, "/appeal", desk, &ExposureService::appeal);
    add(Method::post, "/appeal-decision", heads, &ExposureService::decide_appeal);
    for (Route& route : case_file_routes(exposures.files(), one, "exposure_id"))
        routes.push_back(std::move(route));
    routes.push_back({Method::get, "/public/v1/exposures",
                      [&exposures](Request& request) { return entries(exposures, request); },
                      allow_list(Policy::everyone())});
    return routes;
}

}  // namespace sponsio::api
