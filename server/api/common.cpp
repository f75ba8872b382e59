#include "server/api/common.hpp"

#include "server/api/accept.hpp"
#include "server/base/form.hpp"
#include "server/domain/region.hpp"
#include "text/code_points.hpp"
#include "text/decimal.hpp"
#include "text/percent.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace sponsio::api {
namespace {

constexpr int default_limit = 50, most = 200;

/// The quoted form of RFC 8941 §3.3.3, or the same characters bare.
Outcome<std::string> key_of(Request const& request) {
    auto given = request.header("Idempotency-Key");
    if (!given || given->empty())
        return fault(problem::idempotency_key_missing,
                     "Send an Idempotency-Key header, for instance a fresh UUID; use it again when you "
                     "repeat this request.",
                     "请提供 Idempotency-Key 请求头（例如新的 UUID），重试时使用同一值。");
    std::string_view key = *given;
    if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
    bool const printable =
        std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
    if (key.empty() || !printable)
        return bad_field("header:Idempotency-Key", reason::bad_character, form::key);
    if (key.size() > 255)
        return bad_field("header:Idempotency-Key", reason::too_long, {.max = 255, .unit = &unit::characters});
    return std::string(key);
}

}  // namespace

service::Caller<domain::Official> caller_of(Request const& request) {
    auto const held = request.find_attached<HeldOnce>();
    return {request.share_attached<domain::Official>(), request.deadline, held ? held->once : nullptr,
            std::string(http::name(request.method)) + " " + std::string(request.route->pattern),
            request.find_attached<store::StepSignature>()};
}

Response answer(Outcome<Json> const& outcome, Request const& request, unsigned status) {
    if (!outcome) return http::problem_response(outcome.error(), request);
    Response response = http::json_response(status, json::write(*outcome));
    return response;
}

Response answer(Outcome<service::Document> outcome, Request const& request) {
    if (!outcome) return http::problem_response(outcome.error(), request);
    Response response = http::json_response(200, std::move(outcome->json));
    return response;
}

Response answer(Outcome<service::Created> outcome, Request const& request) {
    if (!outcome) return http::problem_response(outcome.error(), request);
    Response response = http::json_response(201, std::move(outcome->body));
    response.set("Location", std::move(outcome->location));
    if (outcome->replayed) response.set("Idempotency-Replayed", "true");
    return response;
}

Response answer(Outcome<void> const& outcome, Request const& request) {
    if (!outcome) return http::problem_response(outcome.error(), request);
    return http::empty_response(204);
}

bool has_already(Request const& request, std::string_view etag) {
    auto const known = request.headers.list("If-None-Match");
    return known && names_etag(*known, etag, Comparison::weak);
}

Response cached(Request const& request, http::Literal type, std::string body,
                std::string_view cache_control) {
    std::string const digest = to_hex(crypto::sha256(as_bytes(body)));
    std::string const etag = "\"" + digest.substr(0, 32) + "\"";
    Response response = has_already(request, etag)
                            ? http::empty_response(304)
                            : http::shared_response(type, std::make_shared<std::string>(std::move(body)));
    response.set("ETag", etag);
    response.set("Cache-Control", std::string(cache_control));
    return response;
}

std::string attachment(std::string_view name) {
    std::string text = "attachment; filename*=UTF-8''";
    append_percent_encoded(text, name);
    return text;
}

Outcome<Json> body_of(Request const& request) {
    return domain::parse_json(request.body);
}

Outcome<std::string> idempotency_key(Request const& request) {
    return key_of(request);
}

namespace {

service::RequestOnce once(Request const& request, std::string key, std::string_view body) {
    if (auto const held = request.find_attached<HeldOnce>()) held->once->leave_to_route();
    return {std::move(key),
            crypto::sha256({as_bytes(http::name(request.method)), as_bytes(" "),
                            as_bytes(request.target.path()), as_bytes("\n"), as_bytes(body)})};
}

}  // namespace

service::RequestOnce request_once(Request const& request, std::string key, Json const& body) {
    return once(request, std::move(key), json::canonical(body));
}

Outcome<service::RequestOnce> request_once_bytes(Request const& request, std::string_view body) {
    auto key = key_of(request);
    if (!key) return key.error();
    return once(request, std::move(*key), body);
}

Outcome<service::RequestOnce> request_once(Request const& request, Json const& body) {
    return request_once_bytes(request, json::canonical(body));
}

namespace {

/// The whole of `text` as a number; nothing if it is none.
std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<FieldError> wrong_number(std::string_view text, std::int64_t min, std::int64_t max) {
    Wanted const wanted{.min = min, .max = max, .form = &form::decimal};
    auto const number = number_in(text);
    if (!number) return FieldError{"", &reason::bad_format, wanted};
    if (*number < min || *number > max) return FieldError{"", &reason::out_of_range, wanted};
    return std::nullopt;
}

/// What the cursor stands for; nothing if it is none of ours: keys of rows are plain text, and another one
/// would break the query.
std::optional<std::string> key_behind(std::string_view cursor) {
    auto const key = from_base64url(cursor);
    if (!key || key->empty()) return std::nullopt;
    std::string text = to_string(*key);
    if (!from_utf8(text) || domain::has_control_characters(text)) return std::nullopt;
    return text;
}

std::optional<FieldError> refused_unless(bool good, Form const& form) {
    if (good) return std::nullopt;
    return FieldError{"", &reason::bad_format, {.form = &form}};
}

}  // namespace

Parameter date_parameter(std::string name) {
    return {std::move(name), [](std::string_view value) {
                return refused_unless(parse_iso_date(value).has_value(), form::date);
            }};
}

Parameter number_parameter(std::string name, std::int64_t min, std::int64_t max) {
    return {std::move(name), [min, max](std::string_view value) { return wrong_number(value, min, max); }};
}

Parameter region_parameter(std::string name) {
    return {std::move(name), [](std::string_view value) {
                return refused_unless(domain::region_level(value).has_value(), form::region_code);
            }};
}

Parameter id_parameter(std::string name) {
    return {std::move(name), [](std::string_view value) {
                return refused_unless(Uuid::parse(value).has_value(), form::uuid);
            }};
}

Parameter cursor_parameter() {
    return {"cursor", [](std::string_view value) {
                return refused_unless(key_behind(value).has_value(), form::cursor);
            }};
}

Parameter limit_parameter() {
    return number_parameter("limit", 1, most);
}

Outcome<Paging> paging_of(Request const& request) {
    Paging paging{.after = {}, .limit = default_limit};
    if (auto const limit = request.query("limit")) {
        if (auto wrong = wrong_number(*limit, 1, most))
            return bad_field("query:limit", *wrong->reason, std::move(wrong->wanted));
        paging.limit = static_cast<int>(number_in(*limit).value());
    }
    if (auto const cursor = request.query("cursor")) {
        auto key = key_behind(*cursor);
        if (!key) return bad_field("query:cursor", reason::bad_format, form::cursor);
        paging.after = std::move(*key);
    }
    return paging;
}

Outcome<std::int64_t> position_of(Paging const& paging) {
    if (paging.after.empty()) return std::int64_t{0};
    auto const position = parse_decimal_as<std::int64_t>(paging.after);
    if (!position) return bad_field("query:cursor", reason::bad_format, form::cursor);
    return *position;
}

std::string cursor_for(std::string_view last_key) {
    return to_base64url(as_bytes(last_key));
}

Json page_view(service::Page page, int limit) {
    bool const full = page.items.size() == static_cast<std::size_t>(limit);
    return JsonObject{
        {"items", json::Array(std::move_iterator(page.items.begin()), std::move_iterator(page.items.end()))},
        {"next_cursor", full ? Json(cursor_for(page.last_key)) : Json()}};
}

Response answer_page(Outcome<service::Page> page, int limit, Request const& request) {
    if (!page) return http::problem_response(page.error(), request);
    return answer(page_view(std::move(*page), limit), request);
}

Json feed_page(json::Array items, std::optional<std::string> const& last_key) {
    return JsonObject{{"items", std::move(items)},
                      {"next_cursor", last_key ? Json(cursor_for(*last_key)) : Json()}};
}

Json feed_page(service::Page page) {
    std::optional<std::string> last;
    if (!page.items.empty()) last = std::move(page.last_key);
    return feed_page(
        json::Array(std::move_iterator(page.items.begin()), std::move_iterator(page.items.end())), last);
}

}  // namespace sponsio::api
