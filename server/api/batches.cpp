#include "server/api/batches.hpp"

#include "server/api/common.hpp"
#include "server/http/problem_document.hpp"

namespace sponsio::api {
namespace {

using service::AbsenceService;
using service::BatchService;

constexpr std::size_t largest_body = std::size_t{1} << 20;  // a hundred summaries of 4,000 characters
constexpr auto patience = std::chrono::seconds{30};

/// Problem documents in the caller's language.
service::TellRefusal teller_for(Request const& request) {
    return [language = request.language, id = std::string(request.id())](Fault const& refused) -> Json {
        return http::problem_document(refused, language, id);
    };
}

/// 200, since some of it may have been refused.
Response answer_batch(Outcome<service::Created> outcome, Request const& request) {
    if (!outcome) return http::problem_response(outcome.error(), request);
    Response response = http::json_response(200, std::move(outcome->body));
    if (outcome->replayed) response.set("Idempotency-Replayed", "true");
    return response;
}

template <class Body>
Route batch_route(
    std::string pattern, Policy who, BatchService& batches,
    service::Async<service::Created> (BatchService::*act)(service::Caller<domain::Official> const&,
                                                          service::RequestOnce, Body, service::TellRefusal)) {
    http::RouteOptions options = allow(who, largest_body);
    options.budget = patience;
    return {Method::post, std::move(pattern),
            [&batches, act](Request& request) -> awaitable<Response> {
                auto body = read_once(request, Body::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer_batch(co_await (batches.*act)(caller_of(request), std::move(body->once),
                                                               std::move(body->value), teller_for(request)),
                                       request);
            },
            std::move(options)};
}

Route list_route(AbsenceService& absences, Policy who) {
    return {Method::get, "/v1/absences",
            [&absences](Request& request) -> awaitable<Response> {
                auto const paging = paging_of(request);
                if (!paging) co_return http::problem_response(paging.error(), request);
                auto const before = id_behind<service::AbsenceId>(*paging);
                if (!before) co_return http::problem_response(before.error(), request);
                co_return answer_page(co_await absences.list(caller_of(request), *before, paging->limit),
                                      paging->limit, request);
            },
            allow_list(who)};
}

Route enter_route(AbsenceService& absences, Policy who) {
    return {Method::post, "/v1/absences",
            [&absences](Request& request) -> awaitable<Response> {
                auto body = read_once(request, service::AbsenceDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(
                    co_await absences.enter(caller_of(request), std::move(body->once), body->value), request);
            },
            allow(who)};
}

}  // namespace

std::vector<Route> batch_routes(BatchService& batches) {
    Policy const inspectors = Policy::one_of({Role::verifier});
    std::vector<Route> routes;
    routes.push_back(batch_route("/v1/verifications/claims", inspectors, batches, &BatchService::claim));
    routes.push_back(batch_route("/v1/verifications/closures", inspectors, batches, &BatchService::close));
    routes.push_back(batch_route("/v1/verifications/hand-over",
                                 Policy::one_of({Role::verifier, Role::supervisor}), batches,
                                 &BatchService::hand_over));
    return routes;
}

std::vector<Route> absence_routes(AbsenceService& absences) {
    Policy const who = Policy::one_of({Role::verifier, Role::supervisor});
    std::string const one = "/v1/absences/{absence_id}";
    std::vector<Route> routes;
    routes.push_back(list_route(absences, who));
    routes.push_back(enter_route(absences, who));
    routes.push_back(route_on(Method::get, one, "absence_id", who, absences, &AbsenceService::one));
    routes.push_back(route_on(Method::post, one + "/end", "absence_id", who, absences, &AbsenceService::end));
    return routes;
}

}  // namespace sponsio::api
