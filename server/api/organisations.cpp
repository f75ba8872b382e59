#include "server/api/organisations.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

std::vector<Route> writing(service::OrganisationService& organisations) {
    Policy const administrator = Policy::one_of({Role::administrator});
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/organisations",
                      [&organisations](Request& request) -> awaitable<Response> {
                          auto body = read_once(request, service::OrganisationDraft::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(co_await organisations.add_organisation(caller_of(request),
                                                                                   body->once, body->value),
                                           request);
                      },
                      allow(administrator)});
    routes.push_back({Method::post, "/v1/organisations/{uscc}/region",
                      [&organisations](Request& request) -> awaitable<Response> {
                          auto draft = read_body(request, service::RegionDraft::read);
                          if (!draft) co_return http::problem_response(draft.error(), request);
                          co_return answer(co_await organisations.move_organisation(
                                               caller_of(request), std::string(request.capture("uscc")),
                                               std::move(*draft)),
                                           request);
                      },
                      allow(administrator)});
    routes.push_back({Method::post, "/v1/accounts",
                      [&organisations](Request& request) -> awaitable<Response> {
                          auto body = read_once(request, [&](Fields& fields) {
                              return service::AccountDraft::read(fields, organisations.today());
                          });
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(
                              co_await organisations.add_account(caller_of(request), body->once, body->value),
                              request);
                      },
                      allow(administrator)});
    routes.push_back({Method::post, "/v1/accounts/{account_id}/closure",
                      [&organisations](Request& request) -> awaitable<Response> {
                          auto account = id_in_path<AccountId>(request, "account_id");
                          if (!account) co_return http::problem_response(account.error(), request);
                          co_return answer(co_await organisations.close_account(caller_of(request), *account),
                                           request);
                      },
                      allow(administrator)});
    return routes;
}

}  // namespace

std::vector<Route> organisation_routes(service::OrganisationService& organisations) {
    std::vector<Route> routes = writing(organisations);
    routes.push_back({Method::get, "/v1/me",
                      [&organisations](Request& request) -> awaitable<Response> {
                          co_return answer(co_await organisations.me(caller_of(request)), request);
                      },
                      allow(Policy::any_account())});
    routes.push_back({Method::get, "/v1/organisations",
                      [&organisations](Request& request) -> awaitable<Response> {
                          auto paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          co_return answer_page(co_await organisations.organisations(
                                                    caller_of(request), paging->after, paging->limit),
                                                paging->limit, request);
                      },
                      allow_list(Policy::one_of({Role::administrator, Role::supervisor, Role::auditor}))});
    routes.push_back({Method::get, "/v1/organisations/{uscc}",
                      [&organisations](Request& request) -> awaitable<Response> {
                          co_return answer(co_await organisations.organisation(
                                               caller_of(request), std::string(request.capture("uscc"))),
                                           request);
                      },
                      allow(Policy::any_account())});
    routes.push_back({Method::get, "/v1/accounts",
                      [&organisations](Request& request) -> awaitable<Response> {
                          auto paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          co_return answer_page(co_await organisations.accounts(caller_of(request),
                                                                                paging->after, paging->limit),
                                                paging->limit, request);
                      },
                      allow_list(Policy::one_of({Role::administrator, Role::auditor}))});
    routes.push_back({Method::get, "/v1/accounts/{account_id}",
                      [&organisations](Request& request) -> awaitable<Response> {
                          auto id = id_in_path<AccountId>(request, "account_id");
                          if (!id) co_return http::problem_response(id.error(), request);
                          co_return answer(co_await organisations.account(caller_of(request), *id), request);
                      },
                      allow(Policy::one_of({Role::administrator, Role::auditor}))});
    return routes;
}

}  // namespace sponsio::api
