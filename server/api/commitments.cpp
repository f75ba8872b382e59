#include "server/api/commitments.hpp"

#include "server/api/bulk.hpp"
#include "server/api/common.hpp"
#include "server/base/form.hpp"

#include <charconv>

namespace sponsio::api {
namespace {

using store::CommitmentSummary;

constexpr std::size_t longest_counter_key = 240;  // leaves room for that of the notice

/// What "<position> <code>" stands for. Cursors from before there were positions say "<time> <code>".
std::optional<store::CommitmentPlace> place_behind(std::string_view key) {
    auto const halves = service::split_list_key(key);
    if (!halves) return std::nullopt;
    auto const [first, code] = *halves;
    store::CommitmentPlace place{0, std::string(code)};
    auto const [end, error] = std::from_chars(first.data(), first.data() + first.size(), place.position);
    if (error == std::errc{} && end == first.data() + first.size()) return place;
    auto const at = parse_rfc3339(first);
    if (!at) return std::nullopt;
    place.position = store::CommitmentPlace::of(*at);
    return place;
}

Outcome<store::CommitmentList> list_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::CommitmentState>(request, "state");
    if (!state) return state.error();
    store::CommitmentList list{
        .organisation = OrganisationId{Uuid{}}, .state = *state, .after = {}, .limit = paging->limit};
    if (auto const reference = request.query("client_reference")) {
        auto const checked = domain::parse_client_reference(*reference);
        if (!checked) return bad_field("query:client_reference", *checked.error());
        list.client_reference = *checked;
    }
    if (!paging->after.empty() && !(list.after = place_behind(paging->after)))
        return bad_field("query:cursor", reason::bad_format, form::cursor);
    return list;
}

Json page_json(std::vector<CommitmentSummary> const& rows) {
    service::Page page;
    for (CommitmentSummary const& row : rows)
        page.add(
            JsonObject{{"commitment_code", row.code},
                       {"state", domain::word(row.state)},
                       {"matter_code", row.matter_code},
                       {"matter_version", row.matter_version},
                       {"made_on", to_iso(row.made_on)},
                       {"accepted_at", to_rfc3339(row.accepted_at)},
                       {"client_reference", row.client_reference ? Json(*row.client_reference) : Json()}},
            std::to_string(row.position) + " " + row.code);
    return feed_page(std::move(page));
}

/// Everything about a filing but the filing.
awaitable<Response> check_only(service::EligibilityService& eligibility, Request& request,
                               service::RequestOnce once, Json body) {
    std::vector<service::BulkFiling> one;
    one.push_back({std::move(once), std::move(body)});
    auto const checked = co_await eligibility.validate(caller_of(request), std::move(one));
    auto const& outcome = checked.front();
    co_return answer(outcome ? Outcome<Json>(view_of(*outcome)) : Outcome<Json>(outcome.error()), request);
}

}  // namespace

Outcome<bool> flag_in_query(Request const& request, std::string_view name) {
    auto const text = request.query(name);
    if (!text || *text == "false") return false;
    if (*text == "true") return true;
    return bad_field("query:" + std::string(name), reason::unknown_value);
}

Json view_of(service::Validated const& checked) {
    return JsonObject{{"validate_only", true},
                      {"matter_code", checked.matter_code},
                      {"matter_version", checked.matter_version},
                      {"state", domain::word(checked.state)},
                      {"filed_as", checked.filed_as ? Json(*checked.filed_as) : Json()}};
}

domain::Policy commitment_readers() {
    return Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider, Role::supervisor});
}

std::vector<Route> commitment_routes(service::FilingService& filing, service::EligibilityService& eligibility,
                                     service::CounterService& counter) {
    std::vector<Route> routes;
    routes.push_back(
        {Method::post, "/v1/commitments",
         [&filing, &eligibility](Request& request) -> awaitable<Response> {
             auto const only = flag_in_query(request, "validate_only");
             if (!only) co_return http::problem_response(only.error(), request);
             auto body = body_of(request);
             if (!body) co_return http::problem_response(body.error(), request);
             auto once = request_once(request, *body);
             if (!once) co_return http::problem_response(once.error(), request);
             if (*only)
                 co_return co_await check_only(eligibility, request, std::move(*once), std::move(*body));
             co_return answer(co_await filing.file(caller_of(request), std::move(*once), std::move(*body)),
                              request);
         },
         at_cost(http::Cost::frequent, allow_query(Policy::one_of({Role::clerk}), {"validate_only"}))});
    routes.push_back(bulk_filing_route(filing, eligibility));
    routes.push_back({Method::post, "/v1/commitments/counter",
                      [&counter](Request& request) -> awaitable<Response> {
                          auto body = body_of(request);
                          if (!body) co_return http::problem_response(body.error(), request);
                          auto once = request_once(request, *body);
                          if (!once) co_return http::problem_response(once.error(), request);
                          if (once->key.size() > longest_counter_key)
                              co_return http::problem_response(
                                  bad_field("header:Idempotency-Key", reason::too_long,
                                            {.max = longest_counter_key, .unit = &unit::characters}),
                                  request);
                          co_return answer(
                              co_await counter.file(caller_of(request), std::move(*once), std::move(*body)),
                              request);
                      },
                      at_cost(http::Cost::frequent, allow(Policy::one_of({Role::clerk})))});
    routes.push_back({Method::post, "/v1/eligibility-questions",
                      [&eligibility](Request& request) -> awaitable<Response> {
                          auto body = body_of(request);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return answer(co_await eligibility.ask(caller_of(request), std::move(*body)),
                                           request);
                      },
                      allow(Policy::one_of({Role::clerk}))});
    routes.push_back({Method::get, "/v1/commitments",
                      [&filing](Request& request) -> awaitable<Response> {
                          auto list = list_of(request);
                          if (!list) co_return http::problem_response(list.error(), request);
                          auto rows = co_await filing.list(caller_of(request), *list);
                          if (!rows) co_return http::problem_response(rows.error(), request);
                          co_return answer(page_json(*rows), request);
                      },
                      allow_list(Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::decider,
                                                 Role::supervisor, Role::auditor}),
                                 {word_parameter<domain::CommitmentState>("state"), "client_reference"})});
    routes.push_back({Method::get, "/v1/commitments/{code}",
                      [&filing](Request& request) -> awaitable<Response> {
                          co_return answer(co_await filing.commitment(caller_of(request),
                                                                      std::string(request.capture("code"))),
                                           request);
                      },
                      allow(commitment_readers())});
    routes.push_back(
        {Method::post, "/v1/commitments/{code}/withdrawal",
         [&filing](Request& request) -> awaitable<Response> {
             auto why =
                 read_body(request, [](Fields& fields) { return fields.text("reason", {.max = 512}); });
             if (!why) co_return http::problem_response(why.error(), request);
             co_return answer(
                 co_await filing.withdraw(caller_of(request), std::string(request.capture("code")), *why),
                 request);
         },
         allow(Policy::one_of({Role::clerk}))});
    routes.push_back({Method::post, "/v1/commitments/{code}/withdrawal/decision",
                      [&filing](Request& request) -> awaitable<Response> {
                          auto decision = read_body(request, domain::WithdrawalDecision::read);
                          if (!decision) co_return http::problem_response(decision.error(), request);
                          co_return answer(co_await filing.decide_withdrawal(
                                               caller_of(request), std::string(request.capture("code")),
                                               std::move(*decision)),
                                           request);
                      },
                      allow(Policy::one_of({Role::reviewer, Role::supervisor}))});
    routes.push_back(
        {Method::get, "/v1/commitments/{code}/withdrawal",
         [&filing](Request& request) -> awaitable<Response> {
             co_return answer(
                 co_await filing.withdrawal(caller_of(request), std::string(request.capture("code"))),
                 request);
         },
         allow(Policy::one_of({Role::clerk, Role::verifier, Role::reviewer, Role::supervisor}))});
    return routes;
}

}  // namespace sponsio::api
