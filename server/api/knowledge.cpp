#include "server/api/knowledge.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

/// The whole table of regions has a third of a mebibyte.
constexpr std::size_t largest_document = std::size_t{2} << 20;

}  // namespace

std::vector<Route> knowledge_routes(service::KnowledgeService& knowledge) {
    std::vector<Route> routes;
    routes.push_back(
        {Method::get, "/v1/knowledge",
         [&knowledge](Request& request) -> awaitable<Response> {
             auto const list = co_await knowledge.list(caller_of(request));
             if (!list) co_return http::problem_response(list.error(), request);
             co_return answer(Json(JsonObject{{"items", json::Array(list->begin(), list->end())}}), request);
         },
         allow(Policy::any_account())});
    routes.push_back({Method::post, "/v1/knowledge",
                      [&knowledge](Request& request) -> awaitable<Response> {
                          auto const given =
                              co_await knowledge.give(caller_of(request), std::move(request.body));
                          co_return answer(given, request);
                      },
                      allow(Policy::one_of({Role::administrator}), largest_document)});
    routes.push_back({Method::get, "/v1/knowledge/{document_id}",
                      [&knowledge](Request& request) -> awaitable<Response> {
                          auto const id = id_in_path<Uuid>(request, "document_id");
                          if (!id) co_return http::problem_response(id.error(), request);
                          auto content = co_await knowledge.content(caller_of(request), *id);
                          if (!content) co_return http::problem_response(content.error(), request);
                          co_return http::json_response(200, std::move(*content));
                      },
                      allow(Policy::any_account())});
    return routes;
}

}  // namespace sponsio::api
