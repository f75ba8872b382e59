#include "server/api/listings.hpp"

#include "server/api/common.hpp"
#include "server/api/evidence.hpp"

namespace sponsio::api {
namespace {

using service::ListingService;

Outcome<service::ListingFilter> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::ListingState>(request, "state");
    if (!state) return state.error();
    auto const record = request.query("record_id");
    return service::ListingFilter{.state = *state,
                                  .record = record ? RecordId::parse(*record) : std::nullopt,
                                  .after = std::move(paging->after),
                                  .limit = paging->limit};
}

Route propose_route(ListingService& listings) {
    return {Method::post, "/v1/serious-listings",
            [&listings](Request& request) -> awaitable<Response> {
                auto body = read_once(request, domain::ListingDraft::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await listings.propose(caller_of(request), std::move(body->once),
                                                           std::move(body->value)),
                                 request);
            },
            allow(Policy::one_of({Role::verifier, Role::reviewer}))};
}

Route list_route(ListingService& listings, Policy readers) {
    return {Method::get, "/v1/serious-listings",
            [&listings](Request& request) -> awaitable<Response> {
                auto question = question_of(request);
                if (!question) co_return http::problem_response(question.error(), request);
                int const limit = question->limit;
                co_return answer_page(co_await listings.list(caller_of(request), std::move(*question)), limit,
                                      request);
            },
            allow_list(readers, {word_parameter<domain::ListingState>("state"), id_parameter("record_id")})};
}

/// What ended is gone at once, so nobody keeps a copy without asking, and search engines stay away.
awaitable<Response> entries(ListingService& listings, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto page = co_await listings.entries(paging->after, paging->limit, request.deadline);
    if (!page) co_return http::problem_response(page.error(), request);
    Response response = cached(request, "application/json",
                               json::write(page_view(std::move(*page), paging->limit)), "no-cache");
    response.set("X-Robots-Tag", "noindex, nofollow, noarchive");
    co_return response;
}

}  // namespace

std::vector<Route> listing_routes(ListingService& listings) {
    Policy const readers =
        Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor});
    Policy const handlers = Policy::one_of({Role::verifier, Role::clerk});
    std::string const one = "/v1/serious-listings/{listing_id}";
    std::vector<Route> routes;
    auto const add = [&](Method method, std::string const& below, Policy who, auto act) {
        routes.push_back(route_on(method, one + below, "listing_id", who, listings, act));
    };
    routes.push_back(propose_route(listings));
    routes.push_back(list_route(listings, readers));
    add(Method::get, "", readers, &ListingService::listing);
    add(Method::post, "/basis-check", Policy::one_of({Role::reviewer}), &ListingService::check);
    add(Method::post, "/prior-notice", handlers, &ListingService::notify);
    add(Method::post, "/service", handlers, &ListingService::serve);
    add(Method::post, "/statements", handlers, &ListingService::state);
    add(Method::post, "/hearing/notice", handlers, &ListingService::call_hearing);
    add(Method::post, "/hearing/record", Policy::one_of({Role::reviewer, Role::decider, Role::supervisor}),
        &ListingService::hold_hearing);
    add(Method::post, "/decision", Policy::one_of({Role::decider}), &ListingService::decide);
    add(Method::post, "/removal", Policy::one_of({Role::decider, Role::supervisor}), &ListingService::revoke);
    for (Route& route : case_file_routes(listings.files(), one, "listing_id"))
        routes.push_back(std::move(route));
    routes.push_back({Method::get, "/public/v1/serious-list",
                      [&listings](Request& request) { return entries(listings, request); },
                      allow_list(Policy::everyone())});
    return routes;
}

}  // namespace sponsio::api
