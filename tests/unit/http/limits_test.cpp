#include "tests/unit/http/house.hpp"
#include "tests/unit/http/peer.hpp"

#include <openssl/ssl.h>

#include <thread>

namespace sponsio::http::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

ServerOptions short_timeouts() {
    ServerOptions options = quick_options();
    options.timeouts = {.handshake = milliseconds(40),
                        .idle = milliseconds(40),
                        .header = milliseconds(40),
                        .body = milliseconds(40),
                        .write = milliseconds(40),
                        .linger = milliseconds(40)};
    options.limits.slowest_rate = 1'000'000;
    return options;
}

TEST(Limits, CutsASlowHeader) {
    House const house(echo_routes(), short_timeouts());
    Peer peer(house.port());
    ASSERT_TRUE(peer.send("GET /things/1 HTTP/1.1\r\nHost: h\r\nX-Slow: "));
    Reply const reply = peer.read();
    EXPECT_EQ(reply.status, 408);
    EXPECT_EQ(reply.field("connection"), "close");
    EXPECT_TRUE(peer.closed());
}

TEST(Limits, CutsAHeaderThatDrips) {
    House const house(echo_routes(), short_timeouts());
    Peer peer(house.port());
    auto const begun = steady_clock::now();
    ASSERT_TRUE(peer.send("GET /things/1 HTTP/1.1\r\nHost: h\r\n"));
    for (int i = 0; i != 200 && peer.send("a: b\r\n"); ++i) std::this_thread::sleep_for(milliseconds(2));
    EXPECT_LT(steady_clock::now() - begun, milliseconds(350));  // and not the 400 that all of it takes
    Reply const reply = peer.read();
    EXPECT_TRUE(reply.status == 408 || reply.status == 0);
}

TEST(Limits, CutsASlowBody) {
    House const house(echo_routes(), short_timeouts());
    Peer peer(house.port());
    ASSERT_TRUE(peer.send(
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"));
    EXPECT_EQ(peer.read().status, 408);
    EXPECT_TRUE(peer.closed());
}

TEST(Limits, ClosesIdleConnectionsQuietly) {
    House const house(echo_routes(), short_timeouts());
    Peer fresh(house.port());
    EXPECT_TRUE(fresh.closed());
    Peer used(house.port());
    EXPECT_EQ(used.ask(get("/things/1")).status, 200);
    EXPECT_TRUE(used.closed());
    EXPECT_TRUE(SSL_get_shutdown(used.tls()) & SSL_RECEIVED_SHUTDOWN);  // told, not cut off
}

TEST(Limits, CutsAHandshakeThatDoesNotCome) {
    House const house(echo_routes(), short_timeouts());
    Peer silent(house.port(), Peer::Kind::plain);
    EXPECT_TRUE(silent.closed());
    EXPECT_NE(house.metrics.text().find(R"(tls_handshakes_total{outcome="failed"} 1)"), std::string::npos);
}

TEST(Limits, DoesNotTimeAHandler) {
    auto slow = [](Request&) -> awaitable<Response> {
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, milliseconds(150));
        co_await timer.async_wait(boost::asio::use_awaitable);
        co_return json_response(200, "1");
    };
    House const house({{Method::get, "/slow", slow}}, short_timeouts());
    Peer peer(house.port());
    EXPECT_EQ(peer.ask(get("/slow")).status, 200);
}

TEST(Limits, CutsAPeerThatDoesNotRead) {
    auto const body = std::make_shared<std::string const>(64'000'000, 'x');  // more than the sockets hold
    auto large = [body](Request&) -> awaitable<Response> { co_return shared_response("text/plain", body); };
    ServerOptions options = short_timeouts();
    options.limits.slowest_rate = 1'000'000'000;
    House house({{Method::get, "/large", large}}, options, true);
    Peer peer(house.port(), Peer::Kind::plain);
    ASSERT_TRUE(peer.send(get("/large")));
    EXPECT_TRUE([&] {
        for (int i = 0; i != 200; ++i) {
            if (house.metrics.text().find("http_connections 0") != std::string::npos) return true;
            std::this_thread::sleep_for(milliseconds(5));
        }
        return false;
    }());
}

TEST(Limits, RefusesALongBodyUnread) {
    House const house;
    Peer peer(house.port());
    ASSERT_TRUE(
        peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: "
                  "99999999999\r\n\r\n"));
    Reply const reply = peer.read();
    EXPECT_EQ(reply.status, 413);
    EXPECT_EQ(reply.field("connection"), "close");
    EXPECT_TRUE(peer.closed());
}

TEST(Limits, AnswersThoughThePeerGoesOnSending) {
    House const house;
    Peer peer(house.port());
    ASSERT_TRUE(
        peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: "
                  "150000\r\n\r\n"));
    (void)peer.send(std::string(150000, 'x'));  // more than is worth reading, less than is thrown away
    EXPECT_EQ(peer.read().status, 413);
}

TEST(Limits, ReadsAShortRestToKeepTheConnection) {
    House const house;
    Peer peer(house.port());
    EXPECT_EQ(peer.ask(post("/echo", std::string(2000, 'x'))).status, 413);
    EXPECT_EQ(peer.ask(get("/things/kept")).body, "kept");
}

TEST(Limits, CountsChunks) {
    House const house;
    Peer peer(house.port());
    ASSERT_TRUE(
        peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: "
                  "chunked\r\n\r\n"));
    std::string const chunk = "64\r\n" + std::string(100, 'x') + "\r\n";
    for (int i = 0; i != 11; ++i) ASSERT_TRUE(peer.send(chunk));
    EXPECT_EQ(peer.read().status, 413);
}

TEST(Limits, RefusesABodyWhereNoneBelongs) {
    House const house;
    Peer peer(house.port());
    EXPECT_EQ(peer.ask("GET /things/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}").status, 413);
    EXPECT_EQ(peer.ask(get("/things/2")).body, "2");
}

TEST(Limits, RefusesALongHeader) {
    House const house;
    Peer peer(house.port());
    Reply const reply = peer.ask(get("/things/1", "X-Long: " + std::string(9000, 'x') + "\r\n"));
    EXPECT_EQ(reply.status, 431);
    EXPECT_TRUE(peer.closed());
}

TEST(Limits, RefusesALongHeaderThatComesFieldByField) {
    House const house;
    Peer peer(house.port());
    ASSERT_TRUE(peer.send("GET /things/1 HTTP/1.1\r\nHost: h\r\n"));
    std::string const field = "X-Part: " + std::string(1000, 'x') + "\r\n";
    for (int i = 0; i != 9; ++i) ASSERT_TRUE(peer.send(field));
    EXPECT_EQ(peer.read().status, 431);
}

TEST(Limits, RefusesManyShortFields) {
    House const house;
    Peer peer(house.port());
    std::string fields;
    for (int i = 0; i != 120; ++i) fields += "a:b\r\n";
    EXPECT_EQ(peer.ask(get("/things/1", fields)).status, 431);
}

TEST(Limits, RefusesALongTarget) {
    House const house;
    Peer peer(house.port());
    EXPECT_EQ(peer.ask(get("/things/" + std::string(9000, 'x'))).status, 431);
}

TEST(Limits, ClosesConnectionsBeyondTheLimit) {
    ServerOptions options = quick_options();
    options.limits.connections = 2;
    options.limits.turned_away = 0;
    House const house(echo_routes(), options);
    Peer one(house.port()), two(house.port());
    EXPECT_EQ(one.ask(get("/things/1")).status, 200);
    EXPECT_EQ(two.ask(get("/things/2")).status, 200);
    Peer three(house.port());
    EXPECT_FALSE(three.connected());
    EXPECT_NE(house.metrics.text().find(R"(http_refused_total{why="connections"} 1)"), std::string::npos);
    EXPECT_EQ(one.ask(get("/things/1")).status, 200);
}

TEST(Limits, RefusesRequestsBeyondTheLimitUntilOthersEnd) {
    auto gate = std::make_shared<Gate>();
    auto wait = [gate](Request&) -> awaitable<Response> {
        co_await gate->pass();
        co_return json_response(200, "1");
    };
    ServerOptions options = quick_options();
    options.limits.in_flight = 1;
    auto routes = echo_routes();
    routes.push_back({Method::get, "/wait", wait});
    House const house(std::move(routes), options);
    Peer held(house.port()), other(house.port());
    ASSERT_TRUE(held.send(get("/wait")));
    gate->entered.wait();
    Reply const refused = other.ask(get("/things/1"));
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.field("retry-after"), "1");
    EXPECT_NE(house.metrics.text().find(R"(http_refused_total{why="in_flight"} 1)"), std::string::npos);
    gate->open = true;
    EXPECT_EQ(held.read().status, 200);
    int status = 503;  // the place is free a moment after the answer was written
    for (int tries = 0; tries != 1000 && status == 503; ++tries) status = other.ask(get("/things/1")).status;
    EXPECT_EQ(status, 200);
}

}  // namespace
}  // namespace sponsio::http::test
