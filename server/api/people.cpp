#include "server/api/people.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

using service::AccountChangeDraft;
using service::AccountChangeService;
using service::EnrolmentService;
using service::TokenService;

std::string const one_account = "/v1/accounts/{account_id}";

/// 200: something that was there is different now.
Response answer_change(Outcome<service::Created> outcome, Request const& request) {
    if (!outcome) return http::problem_response(outcome.error(), request);
    Response response = http::json_response(200, std::move(outcome->body));
    if (outcome->replayed) response.set("Idempotency-Replayed", "true");
    return response;
}

template <class Read>
Route change_route(std::string const& below, AccountChangeService& changes, Read read) {
    return {Method::post, one_account + below,
            [&changes, read](Request& request) -> awaitable<Response> {
                auto account = id_in_path<AccountId>(request, "account_id");
                if (!account) co_return http::problem_response(account.error(), request);
                auto body = read_once(request, read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer_change(
                    co_await changes.change(caller_of(request), body->once, *account, std::move(body->value)),
                    request);
            },
            allow(Policy::one_of({Role::administrator}))};
}

Route history_route(AccountChangeService& changes) {
    return {Method::get, one_account + "/changes",
            [&changes](Request& request) -> awaitable<Response> {
                auto account = id_in_path<AccountId>(request, "account_id");
                if (!account) co_return http::problem_response(account.error(), request);
                auto const paging = paging_of(request);
                if (!paging) co_return http::problem_response(paging.error(), request);
                auto const before = id_behind<store::AccountChangeId>(*paging);
                if (!before) co_return http::problem_response(before.error(), request);
                co_return answer_page(
                    co_await changes.changes(caller_of(request), *account, *before, paging->limit),
                    paging->limit, request);
            },
            allow_list(Policy::one_of({Role::administrator, Role::auditor}))};
}

Route rename_route(AccountChangeService& changes) {
    return {Method::post, "/v1/organisations/{uscc}/names",
            [&changes](Request& request) -> awaitable<Response> {
                auto body = read_once(request, service::NameDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer_change(
                    co_await changes.rename(caller_of(request), body->once,
                                            std::string(request.capture("uscc")), std::move(body->value)),
                    request);
            },
            allow(Policy::one_of({Role::administrator}))};
}

Route names_route(AccountChangeService& changes) {
    return {Method::get, "/v1/organisations/{uscc}/names",
            [&changes](Request& request) -> awaitable<Response> {
                co_return answer(
                    co_await changes.names(caller_of(request), std::string(request.capture("uscc"))),
                    request);
            },
            allow(Policy::any_account())};
}

Route list_route(TokenService& tokens) {
    return {Method::get, one_account + "/tokens",
            [&tokens](Request& request) -> awaitable<Response> {
                auto account = id_in_path<AccountId>(request, "account_id");
                if (!account) co_return http::problem_response(account.error(), request);
                auto const paging = paging_of(request);
                if (!paging) co_return http::problem_response(paging.error(), request);
                auto const before = id_behind<TokenId>(*paging);
                if (!before) co_return http::problem_response(before.error(), request);
                co_return answer_page(
                    co_await tokens.tokens(caller_of(request), *account, *before, paging->limit),
                    paging->limit, request);
            },
            allow_list(Policy::any_account())};
}

Route renew_route(TokenService& tokens) {
    return {Method::post, "/v1/tokens/{token_id}/renewal",
            [&tokens](Request& request) -> awaitable<Response> {
                auto token = id_in_path<TokenId>(request, "token_id");
                if (!token) co_return http::problem_response(token.error(), request);
                auto body = read_once(request, service::TokenDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await tokens.renew(caller_of(request), body->once, *token, body->value),
                                 request);
            },
            allow(Policy::any_account())};
}

Route end_route(TokenService& tokens) {
    return {Method::del, "/v1/tokens/{token_id}",
            [&tokens](Request& request) -> awaitable<Response> {
                auto token = id_in_path<TokenId>(request, "token_id");
                if (!token) co_return http::problem_response(token.error(), request);
                co_return answer(co_await tokens.end(caller_of(request), *token), request);
            },
            allow(Policy::any_account())};
}

Route end_all_route(TokenService& tokens) {
    return {Method::del, one_account + "/tokens",
            [&tokens](Request& request) -> awaitable<Response> {
                auto account = id_in_path<AccountId>(request, "account_id");
                if (!account) co_return http::problem_response(account.error(), request);
                co_return answer(co_await tokens.end_all(caller_of(request), *account), request);
            },
            allow(Policy::any_account())};
}

Route enrol_route(EnrolmentService& enrolments) {
    return {Method::post, one_account + "/enrolments",
            [&enrolments](Request& request) -> awaitable<Response> {
                auto account = id_in_path<AccountId>(request, "account_id");
                if (!account) co_return http::problem_response(account.error(), request);
                auto const once = request_once_bytes(request, request.body);
                if (!once) co_return http::problem_response(once.error(), request);
                co_return answer(co_await enrolments.enrol(caller_of(request), *once, *account), request);
            },
            allow(Policy::one_of({Role::administrator}))};
}

/// By the person, with the code alone; it can be spent once, so no repetition has an effect.
Route redeem_route(EnrolmentService& enrolments) {
    return {Method::post, "/v1/enrolments",
            [&enrolments](Request& request) -> awaitable<Response> {
                auto body = read_body(request, service::EnrolmentCode::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await enrolments.redeem(std::move(*body), request.deadline), request);
            },
            allow(Policy::everyone())};
}

}  // namespace

std::vector<Route> account_change_routes(AccountChangeService& changes) {
    std::vector<Route> routes;
    routes.push_back(change_route("/name", changes, AccountChangeDraft::read_name));
    routes.push_back(change_route("/roles", changes, AccountChangeDraft::read_roles));
    routes.push_back(change_route("/unit", changes, AccountChangeDraft::read_unit));
    routes.push_back(change_route("/person", changes, [&changes](Fields& fields) {
        return AccountChangeDraft::read_person(fields, changes.today());
    }));
    routes.push_back(history_route(changes));
    routes.push_back(rename_route(changes));
    routes.push_back(names_route(changes));
    return routes;
}

std::vector<Route> token_routes(TokenService& tokens) {
    std::vector<Route> routes;
    routes.push_back(list_route(tokens));
    routes.push_back(renew_route(tokens));
    routes.push_back(end_route(tokens));
    routes.push_back(end_all_route(tokens));
    return routes;
}

std::vector<Route> enrolment_routes(EnrolmentService& enrolments) {
    std::vector<Route> routes;
    routes.push_back(enrol_route(enrolments));
    routes.push_back(redeem_route(enrolments));
    return routes;
}

}  // namespace sponsio::api
