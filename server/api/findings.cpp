#include "server/api/findings.hpp"

#include "server/api/accept.hpp"
#include "server/api/common.hpp"
#include "server/api/evidence.hpp"
#include "server/api/papers.hpp"

namespace sponsio::api {
namespace {

using service::FindingService;

constexpr http::Literal text_type = "text/plain; charset=utf-8";

Outcome<service::FindingFilter> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::FindingState>(request, "state");
    if (!state) return state.error();
    return service::FindingFilter{.state = *state, .after = std::move(paging->after), .limit = paging->limit};
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
                co_return answer_page(co_await findings.list(caller_of(request), std::move(*question)), limit,
                                      request);
            },
            allow_list(readers, {word_parameter<domain::FindingState>("state")})};
}

/// The paper as it is printed, in one language, with the digest by which its service names it.
Response printed(Json const& document, Request const& request) {
    bool const english = request.language == http::Language::english;
    std::string text = document.at("text").at(english ? "en" : "zh").as_string();
    text += (english ? "Digest (SHA-256): " : "文书摘要（SHA-256）：") +
            document.at("digest_sha256").as_string() + "\n";
    Response response{.content_type = text_type, .body = std::move(text)};
    response.set("Content-Language", std::string(http::tag(request.language)));
    return response;
}

Route document_route(FindingService& findings, paper::Printer& printer, Policy readers) {
    return {Method::get, "/v1/documents/{document_id}",
            [&findings, &printer](Request& request) -> awaitable<Response> {
                auto const id = id_in_path<DocumentId>(request, "document_id");
                if (!id) co_return http::problem_response(id.error(), request);
                constexpr std::string_view offered[] = {"application/json", "text/plain", "application/pdf"};
                auto const chosen = preferred(request.header("Accept").value_or(""), offered);
                if (!chosen) co_return http::problem_response(fault(problem::not_acceptable), request);
                auto const document = co_await findings.document(caller_of(request), *id);
                if (!document) co_return http::problem_response(document.error(), request);
                Response response;
                if (*chosen == "application/pdf") {
                    auto pdf = co_await printer.print(paper_of_document(*document, request));
                    if (!pdf) co_return http::problem_response(pdf.error(), request);
                    response = drawn(std::move(*pdf), document->at("number").as_string(), request);
                } else {
                    response =
                        *chosen == "text/plain" ? printed(*document, request) : answer(*document, request);
                }
                response.set("Vary", "Accept, Accept-Language");
                co_return response;
            },
            allow(readers)};
}

}  // namespace

std::vector<Route> finding_routes(FindingService& findings, paper::Printer& printer) {
    Policy const parties =
        Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor});
    Policy const readers = Policy::one_of(
        {Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor, Role::auditor});
    // The roles that face the party: they serve documents and record the party's statements.
    Policy const desk = Policy::one_of({Role::verifier, Role::clerk});
    // The roles that stood behind the decision: they record the outcome of a remedy.
    Policy const legal = Policy::one_of({Role::reviewer, Role::decider});

    // Whoever chairs did not investigate; the case compares persons.
    Policy const chairs = Policy::one_of({Role::reviewer, Role::decider, Role::supervisor});

    std::string const one = "/v1/findings/{finding_id}";
    std::vector<Route> routes;
    auto const add = [&](Method method, std::string const& below, Policy who, auto act) {
        routes.push_back(route_on(method, one + below, "finding_id", who, findings, act));
    };
    routes.push_back(draft_route(findings));
    routes.push_back(list_route(findings, readers));
    add(Method::get, "", readers, &FindingService::finding);
    add(Method::get, "/signatures", readers, &FindingService::signatures);
    add(Method::post, "/review", Policy::one_of({Role::reviewer}), &FindingService::review);
    add(Method::post, "/amendment", Policy::one_of({Role::verifier}), &FindingService::amend);
    add(Method::post, "/order", desk, &FindingService::compose_order);
    add(Method::post, "/order/service", desk, &FindingService::serve_order);
    add(Method::post, "/order/outcome", Policy::one_of({Role::reviewer}), &FindingService::end_order);
    add(Method::post, "/hearing", desk, &FindingService::request_hearing);
    add(Method::post, "/hearing/withdrawal", desk, &FindingService::withdraw_hearing);
    add(Method::post, "/hearing/notice", desk, &FindingService::compose_hearing_notice);
    add(Method::post, "/hearing/notice/service", desk, &FindingService::serve_hearing_notice);
    add(Method::post, "/hearing/record", chairs, &FindingService::hold_hearing);
    add(Method::post, "/recheck", Policy::one_of({Role::verifier, Role::reviewer}), &FindingService::recheck);
    add(Method::post, "/prior-notice", desk, &FindingService::compose_prior_notice);
    add(Method::post, "/prior-notice/service", desk, &FindingService::serve_prior_notice);
    add(Method::post, "/defence", desk, &FindingService::defend);
    add(Method::post, "/decision", Policy::one_of({Role::decider}), &FindingService::decide);
    add(Method::post, "/service", desk, &FindingService::serve_decision);
    add(Method::post, "/late-service", Policy::one_of({Role::reviewer, Role::supervisor}),
        &FindingService::decide_late_service);
    add(Method::post, "/remedy", desk, &FindingService::seek_remedy);
    add(Method::post, "/remedy-outcome", legal, &FindingService::end_remedy);
    for (Route& route : receipt_routes(findings)) routes.push_back(std::move(route));
    routes.push_back(document_route(findings, printer, parties));
    return routes;
}

}  // namespace sponsio::api
