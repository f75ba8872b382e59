#include "tests/unit/http/house.hpp"
#include "tests/unit/http/peer.hpp"

#include <thread>

namespace sponsio::http::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

std::vector<Route> gated_routes(std::shared_ptr<Gate> const& gate) {
    auto routes = echo_routes();
    routes.push_back({Method::get, "/wait", [gate](Request&) -> awaitable<Response> {
                          co_await gate->pass();
                          co_return json_response(200, "\"done\"");
                      }});
    return routes;
}

TEST(Drain, IsImmediateWithoutRequests) {
    House house;
    Peer idle(house.port()), used(house.port());
    ASSERT_EQ(used.ask(get("/things/1")).status, 200);
    auto const begun = steady_clock::now();
    EXPECT_TRUE(house.server.drain(seconds(5)));
    EXPECT_LT(steady_clock::now() - begun, seconds(1));
    EXPECT_TRUE(idle.closed());
    EXPECT_TRUE(used.closed());
}

TEST(Drain, AnswersWhatIsInFlightAndTakesNothingNew) {
    auto const gate = std::make_shared<Gate>();
    House house(gated_routes(gate));
    std::uint16_t const port = house.port();
    Peer busy(port);
    ASSERT_TRUE(busy.send(get("/wait")));
    gate->entered.wait();
    bool clean = false;
    std::thread draining([&] { clean = house.server.drain(seconds(5)); });
    while (Peer(port, Peer::Kind::plain).connected()) std::this_thread::sleep_for(milliseconds(1));
    gate->open = true;
    Reply const reply = busy.read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "\"done\"");
    EXPECT_EQ(reply.field("connection"), "close");
    EXPECT_TRUE(busy.closed());
    draining.join();
    EXPECT_TRUE(clean);
}

TEST(Drain, LetsAHalfSentRequestFinish) {
    House house;
    std::uint16_t const port = house.port();
    Peer peer(port);
    std::string const request = post("/echo", R"({"half":1})");
    ASSERT_TRUE(peer.send(std::string_view(request).substr(0, request.size() - 3)));
    ASSERT_EQ(Peer(port).ask(get("/things/1")).status, 200);  // by now the first half has been read
    std::this_thread::sleep_for(milliseconds(20));
    bool clean = false;
    std::thread draining([&] { clean = house.server.drain(seconds(5)); });
    while (Peer(port, Peer::Kind::plain).connected()) std::this_thread::sleep_for(milliseconds(1));
    ASSERT_TRUE(peer.send(std::string_view(request).substr(request.size() - 3)));
    Reply const reply = peer.read();
    EXPECT_EQ(reply.body, R"({"half":1})");
    EXPECT_EQ(reply.field("connection"), "close");
    draining.join();
    EXPECT_TRUE(clean);
}

TEST(Drain, CutsWhatOutlivesTheGrace) {
    auto const gate = std::make_shared<Gate>();
    House house(gated_routes(gate));
    Peer busy(house.port());
    ASSERT_TRUE(busy.send(get("/wait")));
    gate->entered.wait();
    bool clean = true;
    std::thread draining([&] { clean = house.server.drain(milliseconds(30)); });
    EXPECT_TRUE(busy.closed());
    gate->open = true;  // a handler that runs is waited for: what it refers to outlives it
    draining.join();
    EXPECT_FALSE(clean);
}

TEST(Drain, CutsASlowReader) {
    auto const body = std::make_shared<std::string const>(64'000'000, 'x');
    auto large = [body](Request&) -> awaitable<Response> { co_return shared_response("text/plain", body); };
    House house({{Method::get, "/large", large}}, quick_options(), true);
    Peer peer(house.port(), Peer::Kind::plain);
    ASSERT_TRUE(peer.send(get("/large")));
    while (house.metrics.text().find("http_in_flight 1") == std::string::npos)
        std::this_thread::sleep_for(milliseconds(1));
    EXPECT_FALSE(house.server.drain(milliseconds(30)));
}

TEST(Drain, UnderLoadLosesNoAnswer) {
    House house;
    std::uint16_t const port = house.port();
    std::atomic<int> asked{0}, answered{0}, cut{0};
    std::vector<std::thread> crowd;
    for (int c = 0; c != 8; ++c)
        crowd.emplace_back([&] {
            for (;;) {
                Peer peer(port);
                if (!peer.connected()) return;
                for (bool open = true; open;) {
                    ++asked;
                    Reply const reply = peer.ask(post("/echo", "1"));
                    // Closed before the request could be read: no answer is owed, the client sends it again.
                    if (reply.status == 0) ++cut;
                    if (reply.status == 200) ++answered;
                    open = reply.status == 200 && reply.field("connection") != "close";
                }
            }
        });
    while (answered < 500) std::this_thread::sleep_for(milliseconds(1));
    EXPECT_TRUE(house.server.drain(seconds(5)));
    for (std::thread& one : crowd) one.join();
    EXPECT_EQ(asked, answered + cut);
    std::string const numbers = house.metrics.text();
    std::string const counted = "code=\"200\",route=\"/echo\"} " + std::to_string(answered.load()) + "\n";
    EXPECT_NE(numbers.find(counted), std::string::npos) << answered << "\n" << numbers;
}

TEST(Drain, HappensOnce) {
    House house;
    EXPECT_TRUE(house.server.drain(seconds(1)));
    EXPECT_TRUE(house.server.drain(seconds(1)));
}

}  // namespace
}  // namespace sponsio::http::test
