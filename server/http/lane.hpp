#pragma once

#include "server/base/metrics.hpp"
#include "server/http/backlog.hpp"
#include "server/http/budget.hpp"
#include "server/http/router.hpp"
#include "server/http/server.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sponsio::http {

/// Sixteen hexadecimal digits that do not repeat: a bijection of a counter that starts at random.
class RequestIds {
  public:
    RequestIds();
    void next(std::array<char, 16>& id) noexcept;

  private:
    std::uint64_t counter_;
};

/// The Date field (RFC 9110 §5.6.7), written anew once a second.
class DateLine {
  public:
    [[nodiscard]] std::string_view text();

  private:
    std::time_t at_ = -1;
    std::string text_;
};

/// Metrics and access lines of one thread. Each series is looked up once and kept.
class Recorder {
  public:
    Recorder(Router const& router, Metrics* metrics, bool access_log);

    struct Done {
        Request const& request;
        Response const& response;
        std::uint64_t bytes_in, bytes_out;
        std::chrono::steady_clock::duration took;
    };

    void answered(Done const& done);
    void refused(std::string_view why);
    void handshake(std::string_view outcome);
    void in_flight(int change);
    void connections(int change);

  private:
    struct PerRoute {
        Histogram seconds;
        std::vector<std::pair<unsigned, Counter>> by_status{};
    };

    PerRoute& of(Route const* route);
    void write_line(Done const& done) const;

    Router const& router_;
    Metrics* metrics_;
    bool access_log_;
    std::vector<std::optional<PerRoute>> per_route_;  // by Route::index; the last one for no route
};

/// The state that the connections of one thread share.
struct Lane {
    ServerOptions const& options;
    Router const& router;
    Recorder recorder;
    std::atomic<std::size_t>& in_flight;  // of the whole server
    // Of the whole server:
    BacklogRoom& room;
    Budget &requests, &bodies;
    RateLimiter& rates;
    boost::asio::any_io_executor handshakes;  // on a thread of their own, so that they never hold up requests
    RequestIds ids{};
    DateLine date{};
    bool draining = false;
};

}  // namespace sponsio::http
