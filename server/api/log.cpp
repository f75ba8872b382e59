#include "server/api/log.hpp"

#include "server/api/commitments.hpp"
#include "server/api/common.hpp"
#include "server/api/records.hpp"
#include "server/base/form.hpp"
#include "server/service/unit/async.hpp"
#include "text/decimal.hpp"

namespace sponsio::api {
namespace {

using service::LogService;
using service::ProofService;

constexpr http::Literal text_type = "text/plain; charset=utf-8";
constexpr http::Literal tile_type = "application/octet-stream";

/// Not cached: followers compare the present head with the one shown before.
constexpr std::string_view cache_of_heads = "no-cache";
constexpr std::string_view cache_of_keys = "public, max-age=300";
constexpr std::string_view cache_of_tiles = "public, max-age=31536000, immutable";

/// The shard number; 0, which no shard has, for any other text.
std::int16_t shard_in_path(Request const& request) {
    return parse_decimal_as<std::int16_t>(request.capture("shard")).value_or(0);
}

/// The route of a short text about one shard.
Route text_route(LogService& log, std::string_view name, std::string_view cache_control,
                 service::Async<std::string> (LogService::*read)(std::int16_t, Deadline)) {
    return {Method::get, "/log/{shard}/" + std::string(name),
            [&log, cache_control, read](Request& request) -> awaitable<Response> {
                auto text = co_await (log.*read)(shard_in_path(request), request.deadline);
                if (!text) co_return http::problem_response(text.error(), request);
                co_return cached(request, text_type, std::move(*text), cache_control);
            },
            allow(Policy::everyone())};
}

Route tile_route(LogService& log) {
    return {Method::get, "/log/{shard}/tile/{path...}",
            [&log](Request& request) -> awaitable<Response> {
                std::string const path = "tile/" + std::string(request.capture("path"));
                auto tile = co_await log.tile(shard_in_path(request), path, request.deadline);
                if (!tile) co_return http::problem_response(tile.error(), request);
                Response response = http::shared_response(tile_type, std::move(*tile));
                response.set("Cache-Control", std::string(cache_of_tiles));
                co_return response;
            },
            allow(Policy::everyone())};
}

awaitable<Response> list_leaves(LogService& log, Request& request) {
    auto const kind = choice_in_query<service::PublicLeaf>(request, "kind");
    if (!kind) co_return http::problem_response(kind.error(), request);
    if (!*kind)
        co_return http::problem_response(bad_field("query:kind", reason::required,
                                                   {.words = domain::allowed_words<service::PublicLeaf>()}),
                                         request);
    auto const paging = paging_of(request);
    if (!paging) co_return http::problem_response(paging.error(), request);
    auto const after = position_of(*paging);
    if (!after) co_return http::problem_response(after.error(), request);
    auto leaves = co_await log.leaves(**kind, *after, paging->limit, request.deadline);
    if (!leaves) co_return http::problem_response(leaves.error(), request);
    co_return cached(request, "application/json", json::write(feed_page(std::move(*leaves))), cache_of_heads);
}

/// The checkpoint that `checkpoint` names; the newest one by default.
Outcome<service::WantedCheckpoint> wanted_checkpoint(Request const& request) {
    auto const named = request.query("checkpoint");
    if (!named || *named == "newest") return service::WantedCheckpoint{};
    if (*named == "cosigned") return service::WantedCheckpoint{.cosigned = true};
    auto const size = parse_decimal_as<std::uint64_t>(*named);
    if (!size)
        return bad_field("query:checkpoint", reason::bad_format,
                         {.form = &form::decimal, .words = {"newest", "cosigned"}});
    if (*size > service::max_checkpoint_size)
        return bad_field("query:checkpoint", reason::out_of_range,
                         {.min = 0, .max = static_cast<std::int64_t>(service::max_checkpoint_size)});
    return service::WantedCheckpoint{.size = size};
}

Response proof(Outcome<std::string> text, Request const& request) {
    if (!text) return http::problem_response(text.error(), request);
    Response response{.content_type = text_type, .body = std::move(*text)};
    return response;
}

}  // namespace

std::vector<Route> log_routes(LogService& log) {
    std::vector<Route> routes;
    routes.push_back(text_route(log, "checkpoint", cache_of_heads, &LogService::checkpoint));
    routes.push_back(text_route(log, "vkey", cache_of_heads, &LogService::verifier_key));
    routes.push_back(text_route(log, "vkeys", cache_of_keys, &LogService::verifier_keys));
    routes.push_back(tile_route(log));
    routes.push_back({Method::get, "/public/v1/log-leaves",
                      [&log](Request& request) { return list_leaves(log, request); },
                      allow_list(Policy::everyone(), {word_parameter<service::PublicLeaf>("kind")})});
    return routes;
}

std::vector<Route> proof_routes(ProofService& proofs) {
    std::vector<Route> routes;
    routes.push_back({Method::get, "/v1/commitments/{code}/proof",
                      [&proofs](Request& request) -> awaitable<Response> {
                          auto const wanted = wanted_checkpoint(request);
                          if (!wanted) co_return http::problem_response(wanted.error(), request);
                          std::string code(request.capture("code"));
                          co_return proof(
                              co_await proofs.of_commitment(caller_of(request), std::move(code), *wanted),
                              request);
                      },
                      allow_query(commitment_readers(), {"checkpoint"})});
    routes.push_back({Method::get, "/v1/records/{record_id}/proof",
                      [&proofs](Request& request) -> awaitable<Response> {
                          auto const id = id_in_path<RecordId>(request, "record_id");
                          if (!id) co_return http::problem_response(id.error(), request);
                          auto const wanted = wanted_checkpoint(request);
                          if (!wanted) co_return http::problem_response(wanted.error(), request);
                          co_return proof(co_await proofs.of_record(caller_of(request), *id, *wanted),
                                          request);
                      },
                      allow_query(record_readers(), {"checkpoint"})});
    routes.push_back({Method::get, "/public/v1/draws/{draw_id}/proof",
                      [&proofs](Request& request) -> awaitable<Response> {
                          auto const id = id_in_path<DrawId>(request, "draw_id");
                          if (!id) co_return http::problem_response(id.error(), request);
                          auto const wanted = wanted_checkpoint(request);
                          if (!wanted) co_return http::problem_response(wanted.error(), request);
                          co_return proof(co_await proofs.of_draw(*id, *wanted, request.deadline), request);
                      },
                      allow_query(Policy::everyone(), {"checkpoint"})});
    return routes;
}

}  // namespace sponsio::api
