#include "tests/unit/http/house.hpp"
#include "tests/unit/http/peer.hpp"

#include <boost/json/parse.hpp>

#include <thread>

namespace sponsio::http::test {
namespace {

TEST(Server, AnswersOverTls) {
    House const house;
    Peer peer(house.port());
    Reply const reply = peer.ask(post("/echo", R"({"a":1})"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, R"({"a":1})");
    EXPECT_EQ(reply.field("content-type"), "application/json");
    EXPECT_EQ(reply.field("x-request-id").size(), 16U);
    EXPECT_EQ(reply.field("date").size(), 29U);
}

TEST(Server, AnswersInPlainIfItHasNoCertificate) {
    House const house(echo_routes(), quick_options(), true);
    Peer peer(house.port(), Peer::Kind::plain);
    EXPECT_EQ(peer.ask(get("/things/7")).body, "7");
}

TEST(Server, KeepsTheConnection) {
    House const house;
    Peer peer(house.port());
    for (int i = 0; i != 50; ++i) {
        std::string const body = "\"" + std::string(static_cast<std::size_t>(i), 'x') + "\"";
        ASSERT_EQ(peer.ask(post("/echo", body)).body, body);
    }
    EXPECT_EQ(peer.ask(get("/things/1", "Connection: close\r\n")).field("connection"), "close");
    EXPECT_TRUE(peer.closed());
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    House const house;
    Peer peer(house.port());
    std::string all;
    for (int i = 0; i != 200; ++i)
        all += i % 2 ? get("/things/" + std::to_string(i)) : post("/echo", std::to_string(i));
    ASSERT_TRUE(peer.send(all));
    for (int i = 0; i != 200; ++i) ASSERT_EQ(peer.read().body, std::to_string(i));
}

TEST(Server, TakesARequestInSmallPieces) {
    House const house;
    Peer peer(house.port());
    for (char c : post("/echo", R"({"slow":true})")) ASSERT_TRUE(peer.send({&c, 1}));
    EXPECT_EQ(peer.read().body, R"({"slow":true})");
}

TEST(Server, TakesChunksAndIgnoresTrailers) {
    House const house;
    Peer peer(house.port());
    std::string const head =
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n";
    EXPECT_EQ(peer.ask(head + "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nX-Sum: 9\r\n\r\n").body, "abcdefg");
    EXPECT_EQ(peer.ask(get("/things/next")).body, "next");
}

TEST(Server, SaysWhatIsNotThere) {
    House const house;
    Peer peer(house.port());
    Reply const missing = peer.ask(get("/nothing", "Accept-Language: en\r\n"));
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.field("content-type"), "application/problem+json");
    EXPECT_EQ(missing.field("content-language"), "en");
    auto const document = boost::json::parse(missing.body);
    EXPECT_EQ(document.at("instance").as_string(), "urn:request:" + missing.field("x-request-id"));

    Reply const wrong = peer.ask("DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.field("allow"), "OPTIONS, POST");
    EXPECT_EQ(peer.ask("BREW /echo HTTP/1.1\r\nHost: h\r\n\r\n").status, 405);

    Reply const type =
        peer.ask("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
    EXPECT_EQ(type.status, 415);
    EXPECT_EQ(peer.ask(get("/things/still-here")).body, "still-here");
}

TEST(Server, AnswersHeadAndOptions) {
    House const house;
    Peer peer(house.port());
    ASSERT_TRUE(peer.send("HEAD /things/12345 HTTP/1.1\r\nHost: h\r\n\r\n"));
    Reply const head = peer.read(true);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("content-length"), "5");
    Reply const options = peer.ask("OPTIONS /things/1 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(options.field("allow"), "OPTIONS, GET, HEAD");
}

TEST(Server, ServesHttp10) {
    House const house;
    Peer closing(house.port());
    EXPECT_EQ(closing.ask("GET /things/old HTTP/1.0\r\n\r\n").body, "old");
    EXPECT_TRUE(closing.closed());
    Peer keeping(house.port());
    Reply const kept = keeping.ask("GET /things/old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(kept.field("connection"), "keep-alive");
    EXPECT_EQ(keeping.ask(get("/things/again")).body, "again");
}

TEST(Server, SendsContinueOnlyForABodyItWants) {
    House const house;
    Peer peer(house.port());
    ASSERT_TRUE(
        peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                  "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    EXPECT_EQ(peer.read().status, 100);
    EXPECT_EQ(peer.ask("{}").body, "{}");
    ASSERT_TRUE(
        peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                  "Expect: 100-continue\r\nContent-Length: 2000\r\n\r\n"));
    EXPECT_EQ(peer.read().status, 413);
    EXPECT_TRUE(peer.closed());
}

TEST(Server, AuthorisesBeforeItReadsTheBody) {
    struct Who {
        std::string name;
    };

    auto hook = [](Request& request, std::uint32_t policy) -> awaitable<Outcome<void>> {
        if (policy == 0) co_return Outcome<void>{};
        if (request.header("Authorization") != "Bearer good") co_return fault(problem::unauthenticated);
        request.attach<Who>(std::make_shared<Who const>(Who{"clerk"}));
        co_return Outcome<void>{};
    };
    auto who = [](Request& r) -> awaitable<Response> {
        co_return json_response(200, r.attached<Who>().name);
    };
    House const house({{Method::post, "/who", who, {.max_body = 20'000'000, .policy = 1}}}, quick_options(),
                      false, hook);
    Peer peer(house.port());
    ASSERT_TRUE(
        peer.send("POST /who HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                  "Authorization: Bearer bad\r\nContent-Length: 10000000\r\n\r\n"));
    Reply const refused = peer.read();  // not a byte of the body was sent
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(refused.field("connection"), "close");
    EXPECT_TRUE(peer.closed());

    Peer small(house.port());
    EXPECT_EQ(small.ask(post("/who", "{}", "Authorization: Bearer bad\r\n")).status, 401);
    EXPECT_EQ(small.ask(post("/who", "{}", "Authorization: Bearer good\r\n")).body, "clerk");
}

TEST(Server, TurnsWhatAHandlerThrowsIntoAnAnswer) {
    auto bug = [](Request&) -> awaitable<Response> {
        throw std::runtime_error("resident 110101...");
        co_return Response{};
    };
    auto unopened = [](Request&) -> awaitable<Response> {
        Outcome<int> const none = fault(problem::conflict);
        co_return json_response(200, std::to_string(none.value()));
    };
    House const house({{Method::get, "/bug", bug}, {Method::get, "/unopened", unopened}});
    Peer peer(house.port());
    Reply const broken = peer.ask(get("/bug"));
    EXPECT_EQ(broken.status, 500);
    EXPECT_EQ(broken.body.find("110101"), std::string::npos);
    EXPECT_EQ(peer.ask(get("/unopened")).status, 409);
}

TEST(Server, SendsLargeBodies) {
    auto const shared = std::make_shared<std::string const>(3'000'000, 'b');
    auto large = [shared](Request&) -> awaitable<Response> {
        co_return shared_response("application/octet-stream", shared);
    };
    House const house({{Method::get, "/large", large}});
    Peer peer(house.port());
    for (int i = 0; i != 3; ++i) EXPECT_EQ(peer.ask(get("/large")).body, *shared);
}

TEST(Server, ServesThousandsOfRequestsOnManyConnections) {
    House house;
    std::atomic<int> right{0};
    std::vector<std::thread> crowd;
    for (int c = 0; c != 16; ++c)
        crowd.emplace_back([&, c] {
            Peer peer(house.port());
            for (int i = 0; i != 250; ++i) {
                std::string const body = std::to_string(c * 1000 + i);
                if (peer.ask(post("/echo", body)).body == body) ++right;
            }
        });
    for (std::thread& one : crowd) one.join();
    EXPECT_EQ(right, 16 * 250);
    EXPECT_TRUE(
        house.server.drain(std::chrono::seconds(5)));  // a request is counted after its answer has left
    std::string const numbers = house.metrics.text();
    EXPECT_NE(numbers.find(R"(http_requests_total{code="200",route="/echo"} 4000)"), std::string::npos)
        << numbers;
    EXPECT_NE(numbers.find(R"(tls_handshakes_total{outcome="full"} 16)"), std::string::npos);
    EXPECT_NE(numbers.find("http_in_flight 0"), std::string::npos);
}

TEST(Server, SaysWhyItCannotStart) {
    House const house;
    ServerOptions options = quick_options();
    options.port = house.port();
    Server taken(options, Router{}, nullptr, nullptr);
    auto const started = taken.start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().detail.en.find("cannot be bound"), std::string::npos);
    options.address = "not an address";
    EXPECT_FALSE(Server(options, Router{}, nullptr, nullptr).start());
}

}  // namespace
}  // namespace sponsio::http::test
