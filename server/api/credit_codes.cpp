#include "server/api/credit_codes.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {

std::vector<Route> credit_code_routes(service::CreditCodeService& codes) {
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/credit-codes",
                      [&codes](Request& request) -> awaitable<Response> {
                          auto body = read_once(request, service::CreditCodeDraft::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(co_await codes.enter(caller_of(request), body->once, body->value),
                                           request);
                      },
                      allow(Policy::one_of({Role::clerk, Role::supervisor, Role::administrator}))});
    routes.push_back({Method::get, "/v1/credit-codes",
                      [&codes](Request& request) -> awaitable<Response> {
                          auto paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          co_return answer_page(
                              co_await codes.list(caller_of(request), paging->after, paging->limit),
                              paging->limit, request);
                      },
                      allow_list(Policy::any_account())});
    routes.push_back({Method::get, "/v1/credit-codes/{uscc}",
                      [&codes](Request& request) -> awaitable<Response> {
                          co_return answer(
                              co_await codes.one(caller_of(request), std::string(request.capture("uscc"))),
                              request);
                      },
                      allow(Policy::any_account())});
    routes.push_back(
        {Method::post, "/v1/credit-codes/{uscc}/confirmation",
         [&codes](Request& request) -> awaitable<Response> {
             co_return answer(
                 co_await codes.confirm(caller_of(request), std::string(request.capture("uscc"))), request);
         },
         allow(Policy::one_of({Role::reviewer, Role::supervisor, Role::administrator}))});
    return routes;
}

}  // namespace sponsio::api
