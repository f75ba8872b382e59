#include "server/api/searches.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

Json found_view(service::FoundPage found, int limit) {
    Json view = page_view(std::move(found.page), limit);
    view.as_object()
        .add("total", JsonObject{{"count", found.total}, {"exact", found.exact}})
        .add("sorted_by", domain::word(found.sorted_by));
    return view;
}

}  // namespace

std::vector<Route> search_routes(service::SearchService& searches) {
    http::RouteOptions options = allow_list(
        Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor}));
    options.asks = true;
    options.cost = http::Cost::costly;
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/searches",
                      [&searches](Request& request) -> awaitable<Response> {
                          auto paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          auto draft = read_body(request, [&](Fields& fields) {
                              return service::SearchDraft::read(fields, searches.today());
                          });
                          if (!draft) co_return http::problem_response(draft.error(), request);
                          auto found = co_await searches.find(caller_of(request), std::move(*draft),
                                                              paging->after, paging->limit);
                          if (!found) co_return http::problem_response(found.error(), request);
                          co_return answer(found_view(std::move(*found), paging->limit), request);
                      },
                      std::move(options)});
    return routes;
}

}  // namespace sponsio::api
