#include "tests/unit/http/house.hpp"
#include "tests/unit/http/peer.hpp"

#include <openssl/ssl.h>

#include <list>
#include <thread>

namespace sponsio::http::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

ServerOptions short_timeouts() {
    ServerOptions options = quick_options();
    options.timeouts = {.handshake = milliseconds(400),  // two threads take part in it
                        .idle = milliseconds(150),
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

/// Routes with one that waits at the gate.
std::vector<Route> routes_with(std::shared_ptr<Gate> const& gate) {
    auto routes = echo_routes();
    routes.push_back({Method::get, "/wait", [gate](Request&) -> awaitable<Response> {
                          co_await gate->pass();
                          co_return json_response(200, "1");
                      }});
    return routes;
}

/// Asked again while the server is not yet done with what it has just answered.
int status_at_last(House const& house, std::string const& request) {
    int status = 0;
    for (int tries = 0; tries != 200 && status != 200; ++tries)
        status = Peer(house.port()).ask(request).status;
    return status;
}

TEST(Limits, TheIdlestGivesWayAndNotTheNewest) {
    ServerOptions options = quick_options();
    options.io_threads = 1;  // so that they come in the order of the test
    options.limits.connections = 2;
    House const house(echo_routes(), options);
    Peer one(house.port()), two(house.port());
    EXPECT_EQ(one.ask(get("/things/1")).status, 200);
    EXPECT_EQ(two.ask(get("/things/2")).status, 200);
    EXPECT_EQ(one.ask(get("/things/1")).status, 200);  // so the second is the idlest
    Peer three(house.port());
    EXPECT_EQ(three.ask(get("/things/3")).status, 200);
    EXPECT_TRUE(two.closed());
    EXPECT_EQ(one.ask(get("/things/1")).status, 200);
    EXPECT_NE(house.metrics.text().find(R"(http_refused_total{why="idle"} 1)"), std::string::npos);
}

TEST(Limits, WhoeverIsBeingAnsweredDoesNotGiveWay) {
    auto const gate = std::make_shared<Gate>();
    ServerOptions options = quick_options();
    options.limits.connections = 1;
    options.limits.turned_away = 0;
    House const house(routes_with(gate), options);
    Peer busy(house.port());
    ASSERT_TRUE(busy.send(get("/wait")));
    gate->entered.wait();
    EXPECT_FALSE(Peer(house.port()).connected());
    EXPECT_NE(house.metrics.text().find(R"(http_refused_total{why="connections"} 1)"), std::string::npos);
    gate->open = true;
    EXPECT_EQ(busy.read().status, 200);
    EXPECT_EQ(status_at_last(house, get("/things/1")), 200);
}

TEST(Limits, AHandshakeThatDoesNotComeGivesWayToo) {
    ServerOptions options = quick_options();
    options.io_threads = 1;
    options.limits.per_network = 4;
    House const house(echo_routes(), options);
    std::list<Peer> silent;
    for (int i = 0; i != 4; ++i) silent.emplace_back(house.port(), Peer::Kind::plain);
    Peer last(house.port());
    EXPECT_EQ(last.ask(get("/things/1")).status, 200);
    EXPECT_TRUE(silent.front().closed());
}

TEST(Limits, ANetworkHasSoManyHandshakes) {
    ServerOptions options = quick_options();
    options.limits.handshakes = {1};
    House const house(echo_routes(), options);
    int connected = 0;
    for (int i = 0; i != 30; ++i) connected += Peer(house.port()).connected() ? 1 : 0;
    EXPECT_GE(connected, 10);  // what may be caught up at once
    EXPECT_LE(connected, 20);
    EXPECT_NE(house.metrics.text().find(R"(http_refused_total{why="handshakes"})"), std::string::npos);
}

/// Takes the caller's word for who it is.
Authorise believes() {
    return [](Request& request, std::uint32_t) -> awaitable<Outcome<void>> {
        request.account_id = request.header("X-Account").value_or("");
        request.organisation_id = request.header("X-Organisation").value_or("");
        co_return Outcome<void>{};
    };
}

std::string as(std::string_view account, std::string_view organisation) {
    return "X-Account: " + std::string(account) + "\r\nX-Organisation: " + std::string(organisation) + "\r\n";
}

TEST(Limits, TellsACallerWhenToComeAgain) {
    ServerOptions options = quick_options();
    ASSERT_TRUE(options.rates.take_up("account.read=2"));
    House const house(echo_routes(), options, false, believes());
    Peer peer(house.port());
    std::vector<int> statuses;
    Reply last;
    for (int i = 0; i != 40; ++i) {
        last = peer.ask(get("/things/1", as("a", "o")));
        statuses.push_back(last.status);
        if (last.status == 429) break;
    }
    EXPECT_GE(statuses.size(), 20U);
    ASSERT_EQ(last.status, 429);
    EXPECT_EQ(last.field("content-type"), "application/problem+json");
    EXPECT_EQ(last.field("retry-after"), "1");
    EXPECT_EQ(last.field("ratelimit-policy"), R"("account.read";q=20;w=10)");
    EXPECT_EQ(last.field("ratelimit"), R"("account.read";r=0;t=10)");
    EXPECT_EQ(peer.ask(get("/things/1", as("b", "o"))).status, 200);    // another account has its own
    EXPECT_EQ(peer.ask(post("/echo", "1", as("a", "o"))).status, 200);  // and changes are counted apart
    EXPECT_NE(house.metrics.text().find(R"(http_refused_total{why="rate"} 1)"), std::string::npos);
}

TEST(Limits, AnOrganisationDoesNotTakeAllPlaces) {
    auto const gate = std::make_shared<Gate>();
    ServerOptions options = quick_options();
    options.limits.in_flight = 3;
    options.limits.in_flight_of_one = 1;
    House const house(routes_with(gate), options, false, believes());
    Peer held(house.port()), same(house.port()), other(house.port());
    ASSERT_TRUE(held.send(get("/wait", as("a", "flood"))));
    gate->entered.wait();
    EXPECT_EQ(same.ask(get("/things/1", as("b", "flood"))).status, 429);
    EXPECT_EQ(other.ask(get("/things/1", as("c", "neighbour"))).status, 200);
    gate->open = true;
    EXPECT_EQ(held.read().status, 200);
}

TEST(Limits, MemoryForBodiesIsShared) {
    ServerOptions options = quick_options();
    options.limits.bodies = 2500;
    options.limits.bodies_of_one = 1000;
    House const house(echo_routes(), options, false, believes());
    std::string const begun = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
    auto const upload = [&](std::string_view account) {
        return begun + as(account, "o") + "Content-Length: 900\r\nExpect: 100-continue\r\n\r\n";
    };
    Peer first(house.port()), second(house.port()), third(house.port()), fourth(house.port());
    ASSERT_TRUE(first.send(upload("a")));
    EXPECT_TRUE(first.read_some().starts_with("HTTP/1.1 100 "));
    Reply const refused = second.ask(upload("a"));
    EXPECT_EQ(refused.status, 429);  // and no byte of the body was asked for
    EXPECT_EQ(refused.field("connection"), "close");
    ASSERT_TRUE(third.send(upload("b")));
    EXPECT_TRUE(third.read_some().starts_with("HTTP/1.1 100 "));
    EXPECT_EQ(fourth.ask(upload("c")).status, 503);
    ASSERT_TRUE(first.send(std::string(900, '1')));
    EXPECT_EQ(first.read().status, 200);
    EXPECT_EQ(status_at_last(house, post("/echo", std::string(900, '1'), as("a", "o"))), 200);
}

TEST(Limits, AnswersThatArePutOffTakeMemoryToo) {
    auto large = [](Request&) -> awaitable<Response> {
        co_return json_response(200, std::string(24'000'000, 'x'));  // more than the sockets hold
    };
    ServerOptions options = quick_options();
    options.limits.bodies_of_one = 30'000'000;
    auto routes = echo_routes();
    routes.push_back({Method::get, "/large", large});
    House const house(std::move(routes), options, true);
    Peer slow(house.port(), Peer::Kind::plain), other(house.port(), Peer::Kind::plain);
    ASSERT_TRUE(slow.send(get("/large")));
    EXPECT_TRUE(slow.read_some().starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(other.ask(get("/large")).status, 429);
    EXPECT_EQ(other.ask(get("/things/1")).status, 200);
}

TEST(Limits, NoByteOfABodyIsReadThatCannotBeOfUse) {
    auto routes = echo_routes();
    routes.front().options.admit = [](Request& request) -> awaitable<Outcome<void>> {
        if (request.header("X-Seat")) co_return Outcome<void>{};
        co_return fault(problem::not_found);
    };
    House const house(std::move(routes));
    Peer peer(house.port());
    std::string const head = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
    Reply const refused = peer.ask(head + "Content-Length: 900\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(refused.status, 404);
    EXPECT_EQ(refused.field("connection"), "close");
    EXPECT_TRUE(peer.closed());
    EXPECT_EQ(Peer(house.port()).ask(post("/echo", "1", "X-Seat: 1\r\n")).body, "1");
}

TEST(Limits, RefusesRequestsBeyondTheLimitUntilOthersEnd) {
    auto const gate = std::make_shared<Gate>();
    ServerOptions options = quick_options();
    options.limits.in_flight = 1;
    House const house(routes_with(gate), options);
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
