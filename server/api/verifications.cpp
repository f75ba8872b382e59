#include "server/api/verifications.hpp"

#include "server/api/common.hpp"
#include "server/api/evidence.hpp"
#include "server/base/form.hpp"

namespace sponsio::api {
namespace {

using service::VerificationService;

/// What `queue` may name: mine, all of the unit, and those by urgency.
std::vector<std::string> queues() {
    std::vector<std::string> list = domain::allowed_words<service::Pressing>();
    list.insert(list.begin(), {"mine", "unit"});
    return list;
}

Parameter queue_parameter() {
    return {"queue", [](std::string_view value) -> std::optional<FieldError> {
                auto list = queues();
                if (std::ranges::find(list, value) != list.end()) return std::nullopt;
                return FieldError{"", &reason::unknown_value, {.words = std::move(list)}};
            }};
}

Outcome<service::QueueFilter> queue_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::TaskState>(request, "state");
    if (!state) return state.error();
    service::QueueFilter question{.mine = false,
                                  .pressing = {},
                                  .state = *state,
                                  .due_before = {},
                                  .after = std::move(paging->after),
                                  .limit = paging->limit};
    auto const queue = request.query("queue").value_or("unit");
    question.mine = queue == "mine";
    if (queue != "mine" && queue != "unit") {
        question.pressing = domain::from_word<service::Pressing>(queue);
        if (!question.pressing) return bad_field("query:queue", reason::unknown_value, {.words = queues()});
    }
    if (auto const day = request.query("due_before")) {
        question.due_before = parse_iso_date(*day);
        if (!question.due_before) return bad_field("query:due_before", reason::bad_format, form::date);
    }
    if (question.pressing == service::Pressing::escalated) {
        // The escalated queue is selected by the recipient, not by state or day.
        if (question.state) return bad_field("query:state", reason::not_allowed_here);
        if (question.due_before) return bad_field("query:due_before", reason::not_allowed_here);
    }
    return question;
}

Route list_route(VerificationService& verifications) {
    return {Method::get, "/v1/verifications",
            [&verifications](Request& request) -> awaitable<Response> {
                auto question = queue_of(request);
                if (!question) co_return http::problem_response(question.error(), request);
                int const limit = question->limit;
                co_return answer_page(co_await verifications.list(caller_of(request), std::move(*question)),
                                      limit, request);
            },
            allow_list(Policy::one_of({Role::verifier, Role::supervisor}),
                       {queue_parameter(), word_parameter<domain::TaskState>("state"),
                        date_parameter("due_before")})};
}

Route sign_off_route(VerificationService& verifications) {
    return {Method::post, "/v1/verifications/{task_id}/sign-off",
            [&verifications](Request& request) -> awaitable<Response> {
                auto id = id_in_path<TaskId>(request, "task_id");
                if (!id) co_return http::problem_response(id.error(), request);
                service::SignOff said;
                if (!request.body.empty()) {
                    auto body = read_body(request, service::SignOff::read);
                    if (!body) co_return http::problem_response(body.error(), request);
                    said = std::move(*body);
                }
                co_return answer(co_await verifications.sign_off(caller_of(request), *id, std::move(said)),
                                 request);
            },
            allow(Policy::one_of({Role::verifier}))};
}

}  // namespace

std::vector<Route> verification_routes(VerificationService& verifications) {
    std::vector<Route> routes;
    auto const add = [&](Method method, std::string const& below, Policy who, auto act) {
        routes.push_back(
            route_on(method, "/v1/verifications/{task_id}" + below, "task_id", who, verifications, act));
    };
    Policy const inspectors = Policy::one_of({Role::verifier});
    routes.push_back(list_route(verifications));
    add(Method::get, "", Policy::one_of({Role::verifier, Role::reviewer, Role::decider, Role::supervisor}),
        &VerificationService::task);
    add(Method::post, "/claim", inspectors, &VerificationService::claim);
    add(Method::post, "/hand-back", inspectors, &VerificationService::hand_back);
    add(Method::post, "/start", inspectors, &VerificationService::start);
    add(Method::post, "/closure", inspectors, &VerificationService::close);
    add(Method::post, "/conclusion", inspectors, &VerificationService::conclude);
    routes.push_back(sign_off_route(verifications));
    for (Route& route : evidence_routes(verifications)) routes.push_back(std::move(route));
    return routes;
}

}  // namespace sponsio::api
