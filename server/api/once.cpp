#include "server/api/once.hpp"

#include "server/api/common.hpp"
#include "server/base/log.hpp"

namespace sponsio::api {
namespace {

/// What the same request means: the same JSON in any layout, else the same bytes.
std::string meaning_of(Route const& route, Request const& request) {
    bool const json_only = route.options.accepts == std::vector<std::string>{"application/json"};
    if (!json_only || request.body.empty()) return request.body;
    auto const body = body_of(request);
    return body ? json::canonical(*body) : request.body;
}

/// A bug that the tests find: an effect whose answer a repetition would not get.
void report_forgotten(Request const& request) {
    log::error("api.answer_not_kept",
               {{log::Key::method, http::name(request.method)}, {log::Key::route, request.route->pattern}});
}

}  // namespace

http::Around once_per_key(service::Vault const& vault, Clock const& clock) {
    return [&vault, &clock](Route const& route, http::Handler handler) -> http::Handler {
        if (route.method != Method::post || route.options.stream_body || route.options.everybody ||
            route.options.asks)
            return handler;
        return [&vault, &clock, handler = std::move(handler)](Request& request) -> awaitable<Response> {
            if (!request.header("Idempotency-Key")) co_return co_await handler(request);
            auto asked = request_once_bytes(request, meaning_of(*request.route, request));
            if (!asked) co_return http::problem_response(asked.error(), request);
            auto const once = std::make_shared<service::Once>(
                std::move(*asked), std::string(request.target.path()), vault, clock);
            request.attach<HeldOnce>(std::make_shared<HeldOnce const>(once));
            Response response = co_await handler(request);
            if (once->replayed()) response.set("Idempotency-Replayed", "true");
            if (response.status < 300 && !once->taken()) report_forgotten(request);
            co_return response;
        };
    };
}

}  // namespace sponsio::api
