#include "server/http/ops.hpp"

#include "text/json.hpp"

#include <algorithm>

namespace sponsio::http {
namespace {

Response readiness(std::vector<Check> const& checks) {
    bool const ready = std::ranges::all_of(checks, &Check::ok);
    json::Array rows;
    for (Check const& check : checks) {
        json::Object row{{"name", check.name}, {"ok", check.ok}};
        if (!check.why.empty()) row.add("why", check.why);
        rows.push_back(std::move(row));
    }
    json::Object answer{{"ready", ready}, {"checks", std::move(rows)}};
    return json_response(ready ? 200 : 503, json::write(std::move(answer)));
}

Router routes(std::function<std::vector<Check>()> checks, Metrics& metrics) {
    auto alive = [](Request&) -> awaitable<Response> { co_return json_response(200, R"({"alive":true})"); };
    auto ready = [checks = std::move(checks)](Request&) -> awaitable<Response> {
        co_return readiness(checks());
    };
    auto numbers = [&metrics](Request&) -> awaitable<Response> {
        Response answer;
        answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
        answer.body = metrics.text();
        co_return answer;
    };
    Router router;
    router.add({{Method::get, "/healthz", alive},
                {Method::get, "/readyz", ready},
                {Method::get, "/metrics", numbers}});
    return router;
}

ServerOptions server_options(OpsOptions options) {
    ServerOptions made;
    made.address = std::move(options.address);
    made.port = options.port;
    made.io_threads = 1;
    made.limits.connections = 64;
    made.access_log = false;  // a scraper every few seconds would drown the rest
    return made;
}

}  // namespace

OpsServer::OpsServer(OpsOptions options, std::function<std::vector<Check>()> checks, Metrics& metrics)
    : server_(server_options(std::move(options)), routes(std::move(checks), metrics), nullptr, nullptr) {}

}  // namespace sponsio::http
