#pragma once

#include "server/base/metrics.hpp"
#include "server/http/server.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace sponsio::http {

/// One readiness condition, such as {"database", true, ""}.
struct Check {
    std::string name;
    bool ok = false;
    std::string why{};  ///< for operators; no secret, no value of a request
};

struct OpsOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
};

/// For operators, on a port of its own, in plain HTTP: /healthz (the process lives), /readyz (every check is
/// ok: 200, else 503, as JSON), /metrics (Prometheus). One thread, so the callbacks may block shortly.
class OpsServer {
  public:
    OpsServer(OpsOptions options, std::function<std::vector<Check>()> checks, Metrics& metrics);

    Outcome<void> start() { return server_.start(); }

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }

    bool drain(std::chrono::milliseconds grace) { return server_.drain(grace); }

  private:
    Server server_;
};

}  // namespace sponsio::http
