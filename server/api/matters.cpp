#include "server/api/matters.hpp"

#include "server/api/accept.hpp"
#include "server/api/common.hpp"
#include "server/api/papers.hpp"
#include "server/api/sheet_template.hpp"
#include "server/base/form.hpp"
#include "text/decimal.hpp"

#include <algorithm>

namespace sponsio::api {
namespace {

constexpr std::size_t max_version_body = 512 * 1024;

struct NewMatter {
    std::string code;
    domain::MatterVersion version;

    static NewMatter read(Fields& fields) {
        NewMatter matter{fields.text("matter_code", {.max = 32}), domain::MatterVersion::read(fields)};
        auto plain = [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        };
        auto inside = [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; };
        if (!matter.code.empty() &&
            (!plain(matter.code.front()) || !std::ranges::all_of(matter.code, inside)))
            fields.refuse("matter_code", reason::bad_format, form::matter_code);
        return matter;
    }
};

std::string etag(std::int64_t version) {
    return "\"" + std::to_string(version) + "\"";
}

/// Of the version in force, shown with what is announced: each new version and each first day makes it
/// another.
std::string etag(std::int64_t shown, std::int64_t newest) {
    if (shown == newest) return etag(newest);
    return "\"" + std::to_string(shown) + "-" + std::to_string(newest) + "\"";
}

/// The versions that the caller has seen, from If-Match.
Outcome<service::MatterService::Seen> seen_versions(Request const& request) {
    auto list = request.headers.list("If-Match");
    if (!list)
        return fault(problem::precondition_required, "Send If-Match with the ETag of the newest version.",
                     "请以 If-Match 提供最新版本的 ETag。");
    if (!matches_etag(*list, "", Comparison::strong))
        return bad_field("header:If-Match", reason::bad_format, form::etag);
    return service::MatterService::Seen([list = std::move(*list)](int newest) {
        if (names_etag(list, etag(newest), Comparison::strong)) return true;
        for (int shown = 1; shown <= newest; ++shown)
            if (names_etag(list, etag(shown, newest), Comparison::strong)) return true;
        return false;
    });
}

/// A version with its ETag; 304 for a caller who has it already.
Response with_etag(Outcome<Json> const& matter, Request const& request) {
    if (!matter) return http::problem_response(matter.error(), request);
    Json const* newest = matter->find("newest_version");
    std::int64_t const shown = matter->at("version").as_int();
    std::string tag = etag(shown, newest ? newest->as_int() : shown);
    Response response = has_already(request, tag) ? http::empty_response(304) : answer(matter, request);
    response.set("ETag", std::move(tag));
    return response;
}

/// A version with its ETag, or 202 with the proposal that a second person decides about.
Response entered(Outcome<service::Created> created, Request const& request) {
    if (!created) return http::problem_response(created.error(), request);
    Json const body = json::parse(created->body).value();
    bool const proposed = body.find("proposal_id") != nullptr;
    Response response = answer(std::move(created), request);
    if (proposed)
        response.status = 202;
    else
        response.set("ETag", etag(body.at("version").as_int()));
    return response;
}

}  // namespace

std::vector<Route> matter_routes(service::MatterService& matters, paper::Printer& printer) {
    Policy const editors = Policy::one_of({Role::supervisor, Role::administrator});
    std::vector<Route> routes;
    routes.push_back({Method::post, "/v1/matters",
                      [&matters](Request& request) -> awaitable<Response> {
                          auto body = read_once(request, NewMatter::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return entered(co_await matters.create(caller_of(request), body->once,
                                                                    body->value.code, body->value.version),
                                            request);
                      },
                      allow(editors, max_version_body)});
    routes.push_back({Method::get, "/v1/matters",
                      [&matters](Request& request) -> awaitable<Response> {
                          auto paging = paging_of(request);
                          if (!paging) co_return http::problem_response(paging.error(), request);
                          co_return answer_page(
                              co_await matters.list(caller_of(request), paging->after, paging->limit),
                              paging->limit, request);
                      },
                      allow_list(Policy::any_account())});
    routes.push_back(
        {Method::get, "/v1/matters/{matter_code}",
         [&matters](Request& request) -> awaitable<Response> {
             co_return with_etag(
                 co_await matters.in_force(caller_of(request), std::string(request.capture("matter_code"))),
                 request);
         },
         allow(Policy::any_account())});
    for (Route& route : sheet_template_routes(matters)) routes.push_back(std::move(route));
    routes.push_back({Method::post, "/v1/matters/{matter_code}/versions",
                      [&matters](Request& request) -> awaitable<Response> {
                          auto seen = seen_versions(request);
                          if (!seen) co_return http::problem_response(seen.error(), request);
                          auto body = read_once(request, domain::MatterVersion::read);
                          if (!body) co_return http::problem_response(body.error(), request);
                          co_return entered(
                              co_await matters.add_version(caller_of(request), body->once,
                                                           std::string(request.capture("matter_code")),
                                                           std::move(*seen), body->value),
                              request);
                      },
                      allow(editors, max_version_body)});
    routes.push_back({Method::get, "/v1/matters/{matter_code}/versions/{version}",
                      [&matters](Request& request) -> awaitable<Response> {
                          auto const version = parse_decimal_as<int>(request.capture("version"));
                          if (!version) co_return http::problem_response(fault(problem::not_found), request);
                          co_return with_etag(
                              co_await matters.version(caller_of(request),
                                                       std::string(request.capture("matter_code")), *version),
                              request);
                      },
                      allow(Policy::any_account())});
    routes.push_back(
        {Method::get, "/v1/matter-proposals",
         [&matters](Request& request) -> awaitable<Response> {
             auto const paging = paging_of(request);
             if (!paging) co_return http::problem_response(paging.error(), request);
             auto const after = id_behind<domain::MatterProposalId>(*paging);
             if (!after) co_return http::problem_response(after.error(), request);
             auto const state = choice_in_query<domain::MatterProposalState>(request, "state");
             if (!state) co_return http::problem_response(state.error(), request);
             co_return answer_page(
                 co_await matters.proposals(caller_of(request), *state, *after, paging->limit), paging->limit,
                 request);
         },
         allow_list(Policy::any_account(), {word_parameter<domain::MatterProposalState>("state")})});
    routes.push_back(route_on(Method::get, "/v1/matter-proposals/{proposal_id}", "proposal_id",
                              Policy::any_account(), matters, &service::MatterService::proposal));
    routes.push_back(route_on(Method::post, "/v1/matter-proposals/{proposal_id}/decision", "proposal_id",
                              editors, matters, &service::MatterService::decide));
    routes.push_back({Method::post, "/v1/notices",
                      [&matters](Request& request) -> awaitable<Response> {
                          auto body = body_of(request);
                          if (!body) co_return http::problem_response(body.error(), request);
                          auto once = request_once(request, *body);
                          if (!once) co_return http::problem_response(once.error(), request);
                          co_return answer(co_await matters.issue_notice(caller_of(request), std::move(*once),
                                                                         std::move(*body)),
                                           request);
                      },
                      at_cost(http::Cost::frequent, allow(Policy::one_of({Role::clerk})))});
    routes.push_back({Method::get, "/v1/notices/{notice_id}",
                      [&matters, &printer](Request& request) -> awaitable<Response> {
                          auto id = id_in_path<NoticeId>(request, "notice_id");
                          if (!id) co_return http::problem_response(id.error(), request);
                          constexpr std::string_view offered[] = {"application/json", "application/pdf"};
                          auto const chosen = preferred(request.header("Accept").value_or(""), offered);
                          if (!chosen)
                              co_return http::problem_response(fault(problem::not_acceptable), request);
                          auto notice = co_await matters.notice(caller_of(request), *id);
                          if (!notice) co_return http::problem_response(notice.error(), request);
                          Response response;
                          if (*chosen == "application/pdf") {
                              auto pdf = co_await printer.print(paper_of_notice(*notice, request));
                              if (!pdf) co_return http::problem_response(pdf.error(), request);
                              response = drawn(std::move(*pdf), id->text(), request);
                          } else {
                              response = answer(std::move(notice), request);
                          }
                          response.set("Vary", "Accept, Accept-Language");
                          co_return response;
                      },
                      allow(Policy::any_account())});
    return routes;
}

}  // namespace sponsio::api
