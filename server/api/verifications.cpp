#include "server/api/verifications.hpp"

#include "server/api/common.hpp"
#include "server/base/form.hpp"
#include "text/percent.hpp"

#include <algorithm>

namespace sponsio::api {
namespace {

using service::VerificationService;

/// What `queue` may name: mine, all of the unit, and those by urgency.
std::vector<std::string> queues() {
    std::vector<std::string> list = domain::allowed_words<service::Pressing>();
    list.insert(list.begin(), {"mine", "unit"});
    return list;
}

Parameter queue_parameter() {
    return {"queue", [](std::string_view value) -> std::optional<FieldError> {
                auto list = queues();
                if (std::ranges::find(list, value) != list.end()) return std::nullopt;
                return FieldError{"", &reason::unknown_value, {.words = std::move(list)}};
            }};
}

Outcome<service::QueueFilter> queue_of(Request const& request) {
    auto paging = paging_of(request);
    if (!paging) return paging.error();
    auto state = choice_in_query<domain::TaskState>(request, "state");
    if (!state) return state.error();
    service::QueueFilter question{.mine = false,
                                  .pressing = {},
                                  .state = *state,
                                  .due_before = {},
                                  .after = std::move(paging->after),
                                  .limit = paging->limit};
    auto const queue = request.query("queue").value_or("unit");
    question.mine = queue == "mine";
    if (queue != "mine" && queue != "unit") {
        question.pressing = domain::from_word<service::Pressing>(queue);
        if (!question.pressing) return bad_field("query:queue", reason::unknown_value, {.words = queues()});
    }
    if (auto const day = request.query("due_before")) {
        question.due_before = parse_iso_date(*day);
        if (!question.due_before) return bad_field("query:due_before", reason::bad_format, form::date);
    }
    if (question.pressing == service::Pressing::escalated) {
        // The escalated queue is selected by the recipient, not by state or day.
        if (question.state) return bad_field("query:state", reason::not_allowed_here);
        if (question.due_before) return bad_field("query:due_before", reason::not_allowed_here);
    }
    return question;
}

/// The content type of a file as the client states it: printable ASCII with a slash, or nothing.
Outcome<std::string> content_type_of(Request const& request) {
    auto const given = request.header("Content-Type");
    if (!given || given->empty()) return std::string("application/octet-stream");
    bool const printable = std::ranges::all_of(*given, [](char c) { return c >= ' ' && c < 0x7f; });
    if (!printable || given->find('/') == std::string_view::npos)
        return bad_field("header:Content-Type", reason::bad_format, form::media_type);
    if (given->size() > 255)
        return bad_field("header:Content-Type", reason::too_long, {.max = 255, .unit = &unit::characters});
    return std::string(*given);
}

void check_name(std::string const& name, std::vector<FieldError>& errors) {
    constexpr char const* where = "query:name";
    Wanted const file_name{.min = 1, .max = 255, .unit = &unit::characters};
    if (name.empty())
        errors.push_back({where, &reason::required, file_name});
    else if (domain::code_points(name) > 255)
        errors.push_back({where, &reason::too_long, file_name});
    else if (domain::has_control_characters(name) || name.find_first_of("\n\r\t") != std::string::npos)
        errors.push_back({where, &reason::bad_character, {.form = &form::printable}});
}

Outcome<service::EvidenceUpload> upload_of(Request& request) {
    std::vector<FieldError> errors;
    service::EvidenceUpload upload{
        .kind = {}, .name = std::string(request.query("name").value_or("")), .content_type = {}, .bytes = {}};
    auto kind = choice_in_query<domain::EvidenceKind>(request, "kind");
    if (!kind)
        errors = kind.error().fields;
    else if (!*kind)
        errors.push_back(
            {"query:kind", &reason::required, {.words = domain::allowed_words<domain::EvidenceKind>()}});
    else
        upload.kind = **kind;
    check_name(upload.name, errors);
    auto type = content_type_of(request);
    if (type)
        upload.content_type = std::move(*type);
    else
        errors.push_back(type.error().fields.front());
    if (!errors.empty()) return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
    upload.bytes = std::move(request.body);
    return upload;
}

/// The key covers everything that was sent, including the metadata of the bytes.
Outcome<service::RequestOnce> once_of(Request const& request, service::EvidenceUpload const& upload) {
    JsonObject const said{{"kind", domain::word(upload.kind)},
                          {"name", upload.name},
                          {"content_type", upload.content_type},
                          {"sha256", to_hex(crypto::sha256(as_bytes(upload.bytes)))}};
    return request_once(request, said);
}

/// RFC 8187 §3.2.1: any name in a header of ASCII.
std::string attachment(std::string_view name) {
    std::string text = "attachment; filename*=UTF-8''";
    append_percent_encoded(text, name);
    return text;
}

Route list_route(VerificationService& verifications) {
    return {Method::get, "/v1/verifications",
            [&verifications](Request& request) -> awaitable<Response> {
                auto question = queue_of(request);
                if (!question) co_return http::problem_response(question.error(), request);
                int const limit = question->limit;
                co_return answer_page(co_await verifications.list(caller_of(request), std::move(*question)),
                                      limit, request);
            },
            allow_list(Policy::one_of({Role::verifier, Role::supervisor}),
                       {queue_parameter(), word_parameter<domain::TaskState>("state"),
                        date_parameter("due_before")})};
}

Route sign_off_route(VerificationService& verifications) {
    return {Method::post, "/v1/verifications/{task_id}/sign-off",
            [&verifications](Request& request) -> awaitable<Response> {
                auto id = id_in_path<TaskId>(request, "task_id");
                if (!id) co_return http::problem_response(id.error(), request);
                service::SignOff said;
                if (!request.body.empty()) {
                    auto body = read_body(request, service::SignOff::read);
                    if (!body) co_return http::problem_response(body.error(), request);
                    said = std::move(*body);
                }
                co_return answer(co_await verifications.sign_off(caller_of(request), *id, std::move(said)),
                                 request);
            },
            allow(Policy::one_of({Role::verifier}))};
}

Route upload_route(VerificationService& verifications) {
    http::RouteOptions options = allow(Policy::one_of({Role::verifier}), service::max_evidence_bytes);
    options.accepts = {"*/*"};
    options.parameters = {{"kind", "name"}};
    options.budget = std::chrono::seconds{30};
    return {Method::post, "/v1/verifications/{task_id}/evidence",
            [&verifications](Request& request) -> awaitable<Response> {
                auto id = id_in_path<TaskId>(request, "task_id");
                if (!id) co_return http::problem_response(id.error(), request);
                auto upload = upload_of(request);
                if (!upload) co_return http::problem_response(upload.error(), request);
                auto once = once_of(request, *upload);
                if (!once) co_return http::problem_response(once.error(), request);
                co_return answer(co_await verifications.add_evidence(caller_of(request), std::move(*once),
                                                                     *id, std::move(*upload)),
                                 request);
            },
            std::move(options)};
}

Route download_route(VerificationService& verifications) {
    return {Method::get, "/v1/verifications/{task_id}/evidence/{evidence_id}",
            [&verifications](Request& request) -> awaitable<Response> {
                auto task = id_in_path<TaskId>(request, "task_id");
                if (!task) co_return http::problem_response(task.error(), request);
                auto id = id_in_path<EvidenceId>(request, "evidence_id");
                if (!id) co_return http::problem_response(id.error(), request);
                auto file = co_await verifications.evidence(caller_of(request), *task, *id);
                if (!file) co_return http::problem_response(file.error(), request);
                Response response{.body = std::move(file->bytes)};
                response.set("Content-Type", std::move(file->content_type));
                // Stored bytes of third parties must not be rendered as a page of this site.
                response.set("Content-Disposition", attachment(file->name));
                response.set("Cache-Control", "no-store");
                co_return response;
            },
            allow(Policy::one_of({Role::verifier, Role::reviewer, Role::decider}))};
}

}  // namespace

std::vector<Route> verification_routes(VerificationService& verifications) {
    std::vector<Route> routes;
    auto const add = [&](Method method, std::string const& below, Policy who, auto act) {
        routes.push_back(
            route_on(method, "/v1/verifications/{task_id}" + below, "task_id", who, verifications, act));
    };
    Policy const inspectors = Policy::one_of({Role::verifier});
    routes.push_back(list_route(verifications));
    add(Method::get, "", Policy::one_of({Role::verifier, Role::reviewer, Role::decider, Role::supervisor}),
        &VerificationService::task);
    add(Method::post, "/claim", inspectors, &VerificationService::claim);
    add(Method::post, "/hand-back", inspectors, &VerificationService::hand_back);
    add(Method::post, "/start", inspectors, &VerificationService::start);
    add(Method::post, "/closure", inspectors, &VerificationService::close);
    add(Method::post, "/conclusion", inspectors, &VerificationService::conclude);
    routes.push_back(sign_off_route(verifications));
    routes.push_back(upload_route(verifications));
    routes.push_back(download_route(verifications));
    return routes;
}

}  // namespace sponsio::api
