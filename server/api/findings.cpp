#include "server/api/findings.hpp"

#include "server/api/common.hpp"
#include "server/service/unit/async.hpp"

namespace sponsio::api {
namespace {

using service::FindingService;

Outcome<service::FindingFilter> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::FindingState>(request, "state");
    if (!state) return state.error();
    return service::FindingFilter{.state = *state, .after = std::move(paging->after), .limit = paging->limit};
}

/// One step of the due process: its body, who may take it, and what it does.
template <class Body>
Route step_route(FindingService& findings, std::string_view step, Policy who, Body (*read)(Fields&),
                 service::Async<Json> (FindingService::*take)(service::Caller<domain::Official> const&,
                                                              FindingId, Body)) {
    return {Method::post, "/v1/findings/{finding_id}/" + std::string(step),
            [&findings, read, take](Request& request) -> awaitable<Response> {
                auto id = id_in_path<FindingId>(request, "finding_id");
                if (!id) co_return http::problem_response(id.error(), request);
                auto body = read_body(request, read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await (findings.*take)(caller_of(request), *id, std::move(*body)),
                                 request);
            },
            allow(who)};
}

Route draft_route(FindingService& findings) {
    return {Method::post, "/v1/findings",
            [&findings](Request& request) -> awaitable<Response> {
                auto body = read_once(request, domain::FindingDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await findings.draft(caller_of(request), std::move(body->once),
                                                         std::move(body->value)),
                                 request);
            },
            allow(Policy::one_of({Role::verifier}))};
}

Route list_route(FindingService& findings, Policy readers) {
    return {Method::get, "/v1/findings",
            [&findings](Request& request) -> awaitable<Response> {
                auto question = question_of(request);
                if (!question) co_return http::problem_response(question.error(), request);
                int const limit = question->limit;
                auto rows = co_await findings.list(caller_of(request), std::move(*question));
                if (!rows) co_return http::problem_response(rows.error(), request);
                std::string const last = rows->empty() ? "" : rows->back().at("finding_id").as_string();
                co_return answer(page(json::Array(rows->begin(), rows->end()), limit, last), request);
            },
            allow_list(readers, {"state"})};
}

}  // namespace

std::vector<Route> finding_routes(FindingService& findings) {
    Policy const parties =
        Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor});
    Policy const readers = Policy::one_of(
        {Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor, Role::auditor});
    // Who meets the party: papers go out, and what the party says comes in, over these desks.
    Policy const desk = Policy::one_of({Role::verifier, Role::clerk});
    // What a court or the reconsideration body said of the decision is for those who stood behind it.
    Policy const legal = Policy::one_of({Role::reviewer, Role::decider});

    std::vector<Route> routes;
    routes.push_back(draft_route(findings));
    routes.push_back(list_route(findings, readers));
    routes.push_back({Method::get, "/v1/findings/{finding_id}",
                      [&findings](Request& request) -> awaitable<Response> {
                          auto id = id_in_path<FindingId>(request, "finding_id");
                          if (!id) co_return http::problem_response(id.error(), request);
                          co_return answer(co_await findings.finding(caller_of(request), *id), request);
                      },
                      allow(readers)});
    routes.push_back(step_route(findings, "review", Policy::one_of({Role::reviewer}), &domain::Review::read,
                                &FindingService::review));
    routes.push_back(step_route(findings, "prior-notice", desk, &domain::PriorNotice::read,
                                &FindingService::serve_prior_notice));
    routes.push_back(step_route(findings, "defence", desk, &domain::Defence::read, &FindingService::defend));
    routes.push_back(step_route(findings, "decision", Policy::one_of({Role::decider}),
                                &domain::Decision::read, &FindingService::decide));
    routes.push_back(
        step_route(findings, "service", desk, &domain::Service::read, &FindingService::serve_decision));
    routes.push_back(
        step_route(findings, "remedy", desk, &service::Remedy::read, &FindingService::seek_remedy));
    routes.push_back(step_route(findings, "remedy-outcome", legal, &service::RemedyOutcome::read,
                                &FindingService::end_remedy));
    routes.push_back({Method::get, "/v1/documents/{document_id}",
                      [&findings](Request& request) -> awaitable<Response> {
                          auto id = id_in_path<DocumentId>(request, "document_id");
                          if (!id) co_return http::problem_response(id.error(), request);
                          co_return answer(co_await findings.document(caller_of(request), *id), request);
                      },
                      allow(parties)});
    return routes;
}

}  // namespace sponsio::api
