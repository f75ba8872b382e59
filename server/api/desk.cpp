#include "server/api/desk.hpp"

#include "server/api/common.hpp"
#include "server/base/form.hpp"

namespace sponsio::api {
namespace {

Outcome<service::WorkFilter> filter_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto kind = choice_in_query<domain::WorkKind>(request, "kind");
    if (!kind) return kind.error();
    return service::WorkFilter{.kind = *kind, .after = std::move(paging->after), .limit = paging->limit};
}

Json work_view(service::WorkPage work, int limit) {
    Json view = page_view(std::move(work.page), limit);
    view.as_object().add("counts", std::move(work.counts));
    return view;
}

Outcome<store::ColleagueQuestion> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto role = choice_in_query<Role>(request, "role");
    if (!role) return role.error();
    store::ColleagueQuestion question{.organisation = OrganisationId{Uuid{}},
                                      .role = *role,
                                      .text = {},
                                      .after = std::move(paging->after),
                                      .limit = paging->limit};
    if (auto const text = request.query("q")) {
        if (text->empty()) return bad_field("query:q", reason::empty);
        if (domain::code_points(*text) > 64)
            return bad_field("query:q", reason::too_long, {.max = 64, .unit = &unit::characters});
        question.text = std::string(*text);
    }
    return question;
}

}  // namespace

std::vector<Route> desk_routes(service::DeskService& desk) {
    std::vector<Route> routes;
    routes.push_back({Method::get, "/v1/work",
                      [&desk](Request& request) -> awaitable<Response> {
                          auto filter = filter_of(request);
                          if (!filter) co_return http::problem_response(filter.error(), request);
                          int const limit = filter->limit;
                          auto work = co_await desk.work(caller_of(request), std::move(*filter));
                          if (!work) co_return http::problem_response(work.error(), request);
                          co_return answer(work_view(std::move(*work), limit), request);
                      },
                      allow_list(Policy::any_account(), {"kind"})});
    routes.push_back({Method::get, "/v1/colleagues",
                      [&desk](Request& request) -> awaitable<Response> {
                          auto question = question_of(request);
                          if (!question) co_return http::problem_response(question.error(), request);
                          int const limit = question->limit;
                          co_return answer_page(
                              co_await desk.colleagues(caller_of(request), std::move(*question)), limit,
                              request);
                      },
                      allow_list(Policy::any_account(), {"q", "role"})});
    return routes;
}

}  // namespace sponsio::api
