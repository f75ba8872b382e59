#include "server/api/rules.hpp"

#include "server/api/common.hpp"
#include "server/domain/rule_explanation.hpp"

namespace sponsio::api {
namespace {

Outcome<std::optional<Date>> day_in_query(Request const& request, std::string_view name) {
    auto const text = request.query(name);
    if (!text) return std::optional<Date>{};
    auto const day = parse_iso_date(*text);
    if (!day) return bad_field("query:" + std::string(name), reason::bad_format, form::date);
    return std::optional(*day);
}

Outcome<domain::RuleQuestion> rule_question_of(Request const& request, Date today) {
    Fault refused{.problem = &problem::invalid};
    auto const rule = request.query("rule");
    if (!rule) refused.fields.push_back({"query:rule", &reason::required, {.form = &form::code_word}});
    auto const region = request.query("region"), pack = request.query("pack");
    if (!region && !pack)
        refused.fields.push_back({"query:region", &reason::required, {.form = &form::region_code}});
    else if (region && pack)
        refused.fields.push_back({"query:pack", &reason::not_allowed_here});
    else if (region && !domain::region_level(*region))
        refused.fields.push_back({"query:region", &reason::bad_format, {.form = &form::region_code}});
    if (!refused.fields.empty()) return refused;
    auto const action = choice_in_query<domain::ActionKind>(request, "action_kind");
    if (!action) return action.error();
    auto const on = day_in_query(request, "on"), from = day_in_query(request, "from");
    if (!on) return on.error();
    if (!from) return from.error();
    return domain::RuleQuestion{.rule = std::string(*rule),
                                .region = std::string(region.value_or("")),
                                .on = on->value_or(today),
                                .action = *action,
                                .from = *from,
                                .pack = std::string(pack.value_or("")),
                                .value = std::string(request.query("value").value_or(""))};
}

}  // namespace

std::vector<Route> rule_routes(domain::Knowledge const& knowledge, Clock const& clock) {
    std::vector<Route> routes;
    routes.push_back(
        {Method::get, "/v1/rules/explain",
         [&knowledge, &clock](Request& request) -> awaitable<Response> {
             auto const question = rule_question_of(request, china_date(clock.now()));
             if (!question) co_return http::problem_response(question.error(), request);
             auto const explained = domain::explain_rule(knowledge.rules, knowledge.calendar, *question);
             if (!explained) co_return http::problem_response(explained.error(), request);
             co_return answer(*explained, request);
         },
         allow_query(Policy::everyone(),
                     {"rule", "region", "pack", "value", date_parameter("on"),
                      word_parameter<domain::ActionKind>("action_kind"), date_parameter("from")})});
    return routes;
}

}  // namespace sponsio::api
