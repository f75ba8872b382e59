#pragma once

#include "server/base/form.hpp"
#include "server/domain/access.hpp"
#include "server/domain/decode.hpp"
#include "server/http/response.hpp"
#include "server/http/router.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/once.hpp"
#include "server/service/unit/page.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// Parts that the routes of all resources share: the caller, the request, the answer.
namespace sponsio::api {

using domain::Fields;
using domain::Json;
using domain::JsonObject;
using domain::Policy;
using domain::Role;
using http::awaitable;
using http::Method;
using http::Request;
using http::Response;
using http::Route;

/// The Idempotency-Key that a POST came with, attached by once_per_key().
struct HeldOnce {
    std::shared_ptr<service::Once> once;
};

/// The official that the authorise hook attached. Only on routes whose policy is not open.
service::Caller<domain::Official> caller_of(Request const& request);

/// Options of a route with that policy and body limit, and without query parameters.
inline http::RouteOptions allow(Policy policy, std::optional<std::size_t> max_body = {}) {
    return {.max_body = max_body,
            .parameters = std::vector<http::Parameter>{},
            .policy = policy.bits(),
            .everybody = policy.open};
}

/// The same options for what costs something else than other requests of its method.
inline http::RouteOptions at_cost(http::Cost cost, http::RouteOptions options) {
    options.cost = cost;
    return options;
}

using http::Parameter;

/// A query parameter that is one word of a closed list.
template <class Enum>
Parameter word_parameter(std::string name) {
    return {std::move(name), [](std::string_view value) -> std::optional<FieldError> {
                if (domain::from_word<Enum>(value)) return std::nullopt;
                return FieldError{"", &reason::unknown_value, {.words = domain::allowed_words<Enum>()}};
            }};
}

/// A query parameter that is a day.
Parameter date_parameter(std::string name);
/// A query parameter that is a number from `min` to `max`.
Parameter number_parameter(std::string name, std::int64_t min, std::int64_t max);
/// A query parameter that is a region code.
Parameter region_parameter(std::string name);
/// A query parameter that is an id.
Parameter id_parameter(std::string name);
/// The `cursor` and the `limit` of a list.
Parameter cursor_parameter();
Parameter limit_parameter();

/// Options of a route with that policy and these query parameters.
inline http::RouteOptions allow_query(Policy policy, std::vector<Parameter> parameters) {
    return {.parameters = std::move(parameters), .policy = policy.bits(), .everybody = policy.open};
}

/// Options of a list: `cursor`, `limit` and these filters.
inline http::RouteOptions allow_list(Policy policy, std::vector<Parameter> filters = {}) {
    filters.push_back(cursor_parameter());
    filters.push_back(limit_parameter());
    return allow_query(policy, std::move(filters));
}

/// The value as JSON with that status; a refusal becomes its problem document.
Response answer(Outcome<Json> const& outcome, Request const& request, unsigned status = 200);
Response answer(Outcome<service::Document> outcome, Request const& request);
/// 201 with Location, and Idempotency-Replayed for a repetition; a refusal becomes its problem document.
Response answer(Outcome<service::Created> outcome, Request const& request);
/// 204, or the problem document of the refusal.
Response answer(Outcome<void> const& outcome, Request const& request);

/// Whether If-None-Match names this ETag, so that 304 is the answer.
bool has_already(Request const& request, std::string_view etag);

/// A public document with its ETag; 304 for a caller who has it already.
Response cached(Request const& request, http::Literal type, std::string body, std::string_view cache_control);

/// The Content-Disposition of a file that is stored and not shown, under any name (RFC 8187 §3.2.1).
std::string attachment(std::string_view name);

/// The body as strict JSON.
Outcome<Json> body_of(Request const& request);
/// The Idempotency-Key.
Outcome<std::string> idempotency_key(Request const& request);

/// A decoded body together with its Idempotency-Key.
template <class T>
struct Once {
    service::RequestOnce once;
    T value;
};

/// The Idempotency-Key (a quoted string of RFC 8941, or bare) bound to method, path and body.
Outcome<service::RequestOnce> request_once(Request const& request, Json const& body);
/// The key given for one of several things in a request, bound to method, path and its part of the body.
service::RequestOnce request_once(Request const& request, std::string key, Json const& body);
/// The Idempotency-Key bound to method, path and a body of any bytes.
Outcome<service::RequestOnce> request_once_bytes(Request const& request, std::string_view body);

/// Reads the key and the strict JSON body, every field with `read(Fields&)`.
template <class Read>
auto read_once(Request const& request, Read read) -> Outcome<Once<decltype(read(std::declval<Fields&>()))>> {
    auto body = body_of(request);
    if (!body) return body.error();
    auto once = request_once(request, *body);
    if (!once) return once.error();
    auto value = domain::decode(*body, read);
    if (!value) return value.error();
    return Once<decltype(read(std::declval<Fields&>()))>{std::move(*once), std::move(*value)};
}

/// Reads the body of a step of a lifecycle, which cannot happen twice, so that its key may be left out
/// (once_per_key).
template <class Read>
auto read_body(Request const& request, Read read) -> Outcome<decltype(read(std::declval<Fields&>()))> {
    auto body = body_of(request);
    if (!body) return body.error();
    return domain::decode(*body, read);
}

/// The `cursor` and `limit` of a list.
struct Paging {
    std::string after;  ///< what the cursor of the page before stood for; empty: from the beginning
    int limit;
};

Outcome<Paging> paging_of(Request const& request);
/// The number in the cursor of a feed; 0 at the beginning.
Outcome<std::int64_t> position_of(Paging const& paging);
/// The opaque cursor for a list's last key.
std::string cursor_for(std::string_view last_key);
/// {"items": [...], "next_cursor": ...}; a full page has a cursor, since there may be more.
Json page_view(service::Page page, int limit);
Response answer_page(Outcome<service::Page> page, int limit, Request const& request);
/// A page of a feed: the cursor after its last row is always given, so that a reader can ask later for new
/// rows. A page without rows has none.
Json feed_page(json::Array items, std::optional<std::string> const& last_key);
Json feed_page(service::Page page);

/// The id in the cursor of a list; nothing at the beginning.
template <class AnyId>
Outcome<std::optional<AnyId>> id_behind(Paging const& paging) {
    if (paging.after.empty()) return std::optional<AnyId>{};
    if (auto id = AnyId::parse(paging.after)) return id;
    return bad_field("query:cursor", reason::bad_format, form::cursor);
}

/// An identifier in the path; not_found if it is malformed.
template <class AnyId>
Outcome<AnyId> id_in_path(Request const& request, std::string_view name) {
    if (auto id = AnyId::parse(request.capture(name))) return *id;
    return fault(problem::not_found);
}

/// What is shown of one thing, or done to it without a body; its id stands in the path under `name`.
template <class S, class AnyId>
Route route_on(Method method, std::string pattern, std::string_view name, Policy who, S& on,
               service::Async<Json> (S::*act)(service::Caller<domain::Official> const&, AnyId)) {
    return {method, std::move(pattern),
            [&on, name, act](Request& request) -> awaitable<Response> {
                auto id = id_in_path<AnyId>(request, name);
                if (!id) co_return http::problem_response(id.error(), request);
                co_return answer(co_await (on.*act)(caller_of(request), *id), request);
            },
            allow(who)};
}

/// A step of one thing's life, with a body that `Body::read` reads.
template <class S, class AnyId, class Body>
Route route_on(Method method, std::string pattern, std::string_view name, Policy who, S& on,
               service::Async<Json> (S::*act)(service::Caller<domain::Official> const&, AnyId, Body)) {
    return {method, std::move(pattern),
            [&on, name, act](Request& request) -> awaitable<Response> {
                auto id = id_in_path<AnyId>(request, name);
                if (!id) co_return http::problem_response(id.error(), request);
                auto body = read_body(request, Body::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await (on.*act)(caller_of(request), *id, std::move(*body)), request);
            },
            allow(who)};
}

/// A request about one thing, which is made once.
template <class S, class AnyId, class Body>
Route route_on(Method method, std::string pattern, std::string_view name, Policy who, S& on,
               service::Async<service::Created> (S::*act)(service::Caller<domain::Official> const&,
                                                          service::RequestOnce, AnyId, Body)) {
    return {method, std::move(pattern),
            [&on, name, act](Request& request) -> awaitable<Response> {
                auto id = id_in_path<AnyId>(request, name);
                if (!id) co_return http::problem_response(id.error(), request);
                auto body = read_once(request, Body::read);
                if (!body) co_return http::problem_response(body.error(), request);
                co_return answer(co_await (on.*act)(caller_of(request), std::move(body->once), *id,
                                                    std::move(body->value)),
                                 request);
            },
            allow(who)};
}

/// A word in the query, such as state=created; nothing if absent.
template <class Enum>
Outcome<std::optional<Enum>> choice_in_query(Request const& request, std::string_view name) {
    auto const text = request.query(name);
    if (!text) return std::optional<Enum>{};
    if (auto value = domain::from_word<Enum>(*text)) return value;
    return bad_field("query:" + std::string(name), reason::unknown_value,
                     {.words = domain::allowed_words<Enum>()});
}

}  // namespace sponsio::api
