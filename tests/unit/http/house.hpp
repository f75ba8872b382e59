#pragma once

#include "server/http/server.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>

namespace sponsio::http::test {

/// One self-made certificate for all tests of the program.
inline TlsFiles const& test_files() {
    static TempDir const folder;
    static TlsFiles const files = self_made_certificate(folder.path(), {}, SystemClock{}.now()).value();
    return files;
}

inline std::shared_ptr<TlsContext const> test_tls() {
    static auto const context = TlsContext::load(test_files()).value();
    return context;
}

/// A request that the test holds back until it opens the gate.
struct Gate {
    std::latch entered{1};
    std::atomic<bool> open{false};

    awaitable<void> pass() {
        entered.count_down();
        boost::asio::steady_timer tick(co_await boost::asio::this_coro::executor);
        while (!open) {
            tick.expires_after(std::chrono::milliseconds(1));
            co_await tick.async_wait(boost::asio::use_awaitable);
        }
    }
};

inline ServerOptions quick_options() {
    using std::chrono::milliseconds;
    ServerOptions options;
    options.access_log = false;
    options.timeouts = {.handshake = milliseconds(1000),
                        .idle = milliseconds(5000),
                        .header = milliseconds(1000),
                        .body = milliseconds(1000),
                        .write = milliseconds(1000),
                        .linger = milliseconds(200)};
    return options;
}

/// What the tests ask: POST /echo answers the body; GET /things/{id} the capture; the rest by their names.
inline std::vector<Route> echo_routes() {
    auto echo = [](Request& r) -> awaitable<Response> {
        Response answer = json_response(200, r.body);
        co_return answer;
    };
    auto thing = [](Request& r) -> awaitable<Response> {
        co_return json_response(200, std::string(r.capture("id")));
    };
    return {{Method::post, "/echo", echo, {.max_body = 1000}}, {Method::get, "/things/{id}", thing}};
}

/// A running server on a free port.
struct House {
    explicit House(std::vector<Route> routes = echo_routes(), ServerOptions options = quick_options(),
                   bool plain = false, Authorise hook = {})
        : server(std::move(options), router(std::move(routes), std::move(hook)), plain ? nullptr : test_tls(),
                 &metrics) {
        auto const started = server.start();
        if (!started) throw std::runtime_error(started.error().detail.en);
    }

    static Router router(std::vector<Route> routes, Authorise hook) {
        Router made;
        made.add(std::move(routes));
        made.authorise(std::move(hook));
        return made;
    }

    [[nodiscard]] std::uint16_t port() const { return server.port(); }

    Metrics metrics{"test"};
    Server server;
};

inline std::string post(std::string_view path, std::string_view body, std::string_view more = {}) {
    std::string text =
        "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    text += more;
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

inline std::string get(std::string_view path, std::string_view more = {}) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) + "\r\n";
}

}  // namespace sponsio::http::test
