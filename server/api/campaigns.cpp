#include "server/api/campaigns.hpp"

#include "server/api/common.hpp"

namespace sponsio::api {
namespace {

using service::CampaignService;

constexpr char const campaigns_path[] = "/v1/campaigns";
/// Five hundred tasks, or a thousand counts.
constexpr std::size_t largest_plan = std::size_t{512} << 10;

Outcome<service::CampaignFilter> question_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::CampaignState>(request, "state");
    if (!state) return state.error();
    return service::CampaignFilter{
        .state = *state, .after = std::move(paging->after), .limit = paging->limit};
}

awaitable<Response> list(CampaignService& campaigns, Request& request) {
    auto question = question_of(request);
    if (!question) co_return http::problem_response(question.error(), request);
    int const limit = question->limit;
    co_return answer_page(co_await campaigns.list(caller_of(request), std::move(*question)), limit, request);
}

awaitable<Response> draft(CampaignService& campaigns, Request& request) {
    auto body = read_once(request, domain::CampaignDraft::read);
    if (!body) co_return http::problem_response(body.error(), request);
    co_return answer(
        co_await campaigns.draft(caller_of(request), std::move(body->once), std::move(body->value)), request);
}

awaitable<Response> entries(CampaignService& campaigns, Request& request) {
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto page = co_await campaigns.entries(paging->after, paging->limit, request.deadline);
    if (!page) co_return http::problem_response(page.error(), request);
    co_return cached(request, "application/json", json::write(page_view(std::move(*page), paging->limit)),
                     "no-cache");
}

awaitable<Response> entry(CampaignService& campaigns, Request& request) {
    auto const id = id_in_path<CampaignId>(request, "campaign_id");
    if (!id) co_return http::problem_response(id.error(), request);
    auto seen = co_await campaigns.entry(*id, request.deadline);
    if (!seen) co_return http::problem_response(seen.error(), request);
    co_return cached(request, "application/json", json::write(*seen), "no-cache");
}

}  // namespace

std::vector<Route> campaign_routes(CampaignService& campaigns) {
    Policy const readers =
        Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor});
    Policy const desk = Policy::one_of({Role::clerk, Role::verifier});
    Policy const planners = Policy::one_of({Role::verifier, Role::supervisor});
    Policy const heads = Policy::one_of({Role::decider, Role::supervisor});
    std::string const one = "/v1/campaigns/{campaign_id}";
    std::string const task = "/v1/campaign-tasks/{campaign_task_id}";
    std::vector<Route> routes;
    auto const add = [&](Method method, std::string const& path, std::string_view name, Policy who,
                         auto act) { routes.push_back(route_on(method, path, name, who, campaigns, act)); };
    routes.push_back({Method::post, campaigns_path,
                      [&campaigns](Request& request) { return draft(campaigns, request); },
                      allow(planners, largest_plan)});
    routes.push_back({Method::get, campaigns_path,
                      [&campaigns](Request& request) { return list(campaigns, request); },
                      allow_list(readers, {word_parameter<domain::CampaignState>("state")})});
    add(Method::get, one, "campaign_id", readers, &CampaignService::campaign);
    add(Method::post, one + "/opening", "campaign_id", heads, &CampaignService::open);
    add(Method::post, one + "/withdrawal", "campaign_id", heads, &CampaignService::withdraw);
    add(Method::post, one + "/result", "campaign_id", planners, &CampaignService::propose);
    add(Method::post, one + "/result-decision", "campaign_id", heads, &CampaignService::decide);
    add(Method::get, task, "campaign_task_id", readers, &CampaignService::task);
    add(Method::post, task + "/report", "campaign_task_id", desk, &CampaignService::report);
    routes.back().options.max_body = largest_plan;
    add(Method::post, task + "/decision", "campaign_task_id",
        Policy::one_of({Role::verifier, Role::decider, Role::supervisor}), &CampaignService::accept);
    routes.push_back({Method::get, "/public/v1/campaigns",
                      [&campaigns](Request& request) { return entries(campaigns, request); },
                      allow_list(Policy::everyone())});
    routes.push_back({Method::get, "/public/v1/campaigns/{campaign_id}",
                      [&campaigns](Request& request) { return entry(campaigns, request); },
                      allow(Policy::everyone())});
    return routes;
}

}  // namespace sponsio::api
