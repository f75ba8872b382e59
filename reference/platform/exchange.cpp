#include "reference/platform/exchange.hpp"

#include "crypto/secret.hpp"
#include "server/base/log.hpp"
#include "server/domain/commitment.hpp"
#include "server/http/response.hpp"

#include <charconv>
#include <stdexcept>

namespace sponsio::platform {
namespace {

using domain::Json;
using domain::JsonObject;
using http::awaitable;
using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t max_body = 2 * domain::batch_max_bytes;  // escaping makes the lines longer
constexpr std::uint64_t default_limit = 50, most = 200;
constexpr Reason other_number{"batch_no_mismatch", "is not the number in the path", "与路径中的批次号不一致"};

/// Sends the status line and nothing more: the sender cannot know whether its batch was stored.
Response cut_connection() {
    Response response;
    response.status = 200;
    response.content_type = "application/json";
    response.stream = [](http::BodyWriter&) -> awaitable<void> {
        throw std::runtime_error("an answer dropped on purpose");
        co_return;
    };
    return response;
}

Json view(Copy const& copy) {
    return JsonObject{{"batch_no", copy.batch_no},
                      {"record_no", copy.record_no},
                      {"commitment_code", copy.commitment_code},
                      {"received_at", to_rfc3339(copy.received_at)},
                      {"digest_sm3", to_hex(copy.digest_sm3)}};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

/// Compared in constant time, since the token is a secret.
http::Authorise bearer(std::string token) {
    return [token = std::move(token)](Request& request, std::uint32_t) -> awaitable<Outcome<void>> {
        std::string const wanted = "Bearer " + token;
        std::string_view const given = request.header("Authorization").value_or(std::string_view());
        if (!crypto::equal_constant_time(as_bytes(wanted), as_bytes(given)))
            co_return fault(problem::unauthenticated);
        co_return Outcome<void>{};
    };
}

}  // namespace

http::Router Exchange::router() {
    std::vector<http::Route> routes;
    routes.push_back({Method::put,
                      "/exchange/v1/batches/{batch_no}",
                      [this](Request& request) -> awaitable<Response> {
                          auto taken = take(std::string(request.capture("batch_no")), request.body);
                          if (!taken) co_return http::problem_response(taken.error(), request);
                          if (taken->fresh && drop_this_answer()) co_return cut_connection();
                          co_return http::json_response(taken->fresh ? 201 : 200, std::move(taken->answer));
                      },
                      {.max_body = max_body,
                       .accepts = {std::string(domain::batch_media_type)},
                       .budget = std::chrono::minutes(2)}});
    routes.push_back({Method::get,
                      "/exchange/v1/batches/{batch_no}",
                      [this](Request& request) -> awaitable<Response> {
                          auto answer = answer_of(std::string(request.capture("batch_no")));
                          if (!answer) co_return http::problem_response(answer.error(), request);
                          co_return http::json_response(200, std::move(*answer));
                      },
                      {}});
    routes.push_back({Method::get,
                      "/exchange/v1/records",
                      [this](Request& request) -> awaitable<Response> {
                          auto page = copies(request);
                          if (!page) co_return http::problem_response(page.error(), request);
                          co_return http::json_response(200, json::write(*page));
                      },
                      {}});
    http::Router router;
    router.add(std::move(routes));
    if (!options_.token.empty()) router.authorise(bearer(options_.token));
    return router;
}

Outcome<Exchange::Taken> Exchange::take(std::string const& batch_no, std::string const& body) {
    auto const bytes = domain::BatchBytes::parse_body(body);
    if (!bytes) return bytes.error();
    auto const manifest = domain::BatchManifest::parse(bytes->manifest);
    if (!manifest) {
        Fault refused = manifest.error();
        for (FieldError& field : refused.fields) field.pointer.insert(0, "/manifest");
        return refused;
    }
    if (manifest->batch_no != batch_no) return bad_field("/manifest/batch_no", other_number);

    std::lock_guard const lock(mutex_);
    auto const before = archive_.find(batch_no);
    if (!before) return before.error();
    if (*before) {
        if ((*before)->bytes.manifest == bytes->manifest && (*before)->bytes.records == bytes->records)
            return Taken{(*before)->answer, false};
        return fault(problem::conflict, "A batch of this number was received with other content.",
                     "同一批次号已接收过不同内容。");
    }
    auto const registry = options_.registry ? Registry::load(*options_.registry) : Registry::open_to_all();
    if (!registry) {
        log::error("platform.registry", {{log::Key::cause, registry.error().detail.en}});
        return Fault{.problem = &problem::unavailable, .cause = "registry"};
    }
    if (auto good = check_batch(*manifest, *bytes, *registry, options_.sender_keys); !good)
        return good.error();
    Instant const now = clock_.now();
    domain::BatchAnswer const answer{.batch_no = batch_no,
                                     .received_at = now,
                                     .digest_sm3 = manifest->digest_sm3,
                                     .records = Judge(archive_, *registry, regions_, china_date(now))
                                                    .verdicts(manifest->sender.uscc, bytes->records)};
    KeptBatch const kept{*bytes, now, json::write(answer.to_json())};
    if (auto stored = archive_.keep(kept); !stored) return stored.error();
    log::info("platform.received", {{log::Key::batch, batch_no}, {log::Key::count, answer.records.size()}});
    return Taken{kept.answer, true};
}

Outcome<std::string> Exchange::answer_of(std::string const& batch_no) {
    std::lock_guard const lock(mutex_);
    auto const batch = archive_.find(batch_no);
    if (!batch) return batch.error();
    if (!*batch)
        return fault(problem::not_found, "No batch of this number was received.", "未接收过该批次。");
    return (*batch)->answer;
}

Outcome<Json> Exchange::copies(Request const& request) {
    std::uint64_t limit = default_limit, after = 0;
    if (auto const given = request.query("limit")) {
        auto const number = parse_number(*given);
        if (!number) return bad_field("query:limit", reason::bad_format);
        if (*number < 1 || *number > most) return bad_field("query:limit", reason::out_of_range);
        limit = *number;
    }
    if (auto const given = request.query("cursor")) {
        auto const number = parse_number(*given);
        if (!number) return bad_field("query:cursor", reason::bad_format);
        after = *number;
    }
    std::optional<std::string> code;
    if (auto const given = request.query("commitment_code")) {
        if (!domain::is_commitment_code(*given))
            return bad_field("query:commitment_code", reason::bad_format);
        code = std::string(*given);
    }
    std::lock_guard const lock(mutex_);
    auto const places = archive_.copies_after(after, code, limit);
    json::Array items;
    for (auto const& place : places) items.push_back(view(*place.copy));
    bool const full = items.size() == limit;
    return Json(JsonObject{{"items", std::move(items)},
                           {"next_cursor", full ? Json(std::to_string(places.back().position)) : Json()}});
}

bool Exchange::drop_this_answer() {
    std::lock_guard const lock(mutex_);
    if (options_.drop_answers == 0) return false;
    --options_.drop_answers;
    return true;
}

}  // namespace sponsio::platform
