#include "server/api/sessions.hpp"

#include "server/api/common.hpp"
#include "server/api/session_cookie.hpp"

namespace sponsio::api {
namespace {

using service::SessionService;

std::string host_of(Request const& request) {
    return std::string(request.header("Host").value_or(""));
}

/// The secret goes into the cookie alone, which no script can read and no other site's page can send.
Response signed_in(Outcome<service::OpenedSession> opened, Request const& request) {
    if (!opened) return http::problem_response(opened.error(), request);
    Response response = http::json_response(201, json::write(opened->view));
    response.set("Set-Cookie", session_cookie(opened->secret));
    return response;
}

Route challenge_route(SessionService& sessions) {
    return {Method::post, "/v1/sign-in-challenges",
            [&sessions](Request& request) -> awaitable<Response> {
                co_return http::json_response(200, json::write(sessions.challenge(host_of(request))));
            },
            allow(Policy::everyone())};
}

Route enrol_route(SessionService& sessions) {
    return {Method::post, "/v1/passkeys",
            [&sessions](Request& request) -> awaitable<Response> {
                auto body = read_body(request, service::PasskeyDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return signed_in(
                    co_await sessions.enrol(std::move(*body), host_of(request), request.deadline), request);
            },
            allow(Policy::everyone())};
}

Route sign_in_route(SessionService& sessions) {
    return {Method::post, "/v1/sessions",
            [&sessions](Request& request) -> awaitable<Response> {
                auto body = read_body(request, service::SignInDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return signed_in(
                    co_await sessions.sign_in(std::move(*body), host_of(request), request.deadline), request);
            },
            allow(Policy::everyone())};
}

Route list_route(SessionService& sessions) {
    return {Method::get, "/v1/accounts/{account_id}/passkeys",
            [&sessions](Request& request) -> awaitable<Response> {
                auto account = id_in_path<AccountId>(request, "account_id");
                if (!account) co_return http::problem_response(account.error(), request);
                auto const paging = paging_of(request);
                if (!paging) co_return http::problem_response(paging.error(), request);
                auto const before = id_behind<PasskeyId>(*paging);
                if (!before) co_return http::problem_response(before.error(), request);
                co_return answer_page(
                    co_await sessions.passkeys(caller_of(request), *account, *before, paging->limit),
                    paging->limit, request);
            },
            allow_list(Policy::any_account())};
}

Route end_route(SessionService& sessions) {
    return {Method::del, "/v1/passkeys/{passkey_id}",
            [&sessions](Request& request) -> awaitable<Response> {
                auto passkey = id_in_path<PasskeyId>(request, "passkey_id");
                if (!passkey) co_return http::problem_response(passkey.error(), request);
                co_return answer(co_await sessions.end(caller_of(request), *passkey), request);
            },
            allow(Policy::any_account())};
}

}  // namespace

std::vector<Route> session_routes(SessionService& sessions) {
    std::vector<Route> routes;
    routes.push_back(challenge_route(sessions));
    routes.push_back(enrol_route(sessions));
    routes.push_back(sign_in_route(sessions));
    routes.push_back(list_route(sessions));
    routes.push_back(end_route(sessions));
    return routes;
}

}  // namespace sponsio::api
