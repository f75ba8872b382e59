#include "tests/unit/http/house.hpp"
#include "tests/unit/http/peer.hpp"

#include <boost/json/parse.hpp>
#include <openssl/ssl.h>

/// What a client is told that is refused, and that it gets to read it whatever it does meanwhile.
namespace sponsio::http::test {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t mib = std::size_t{1} << 20;

std::string head_of(std::size_t length, std::string_view more = {}) {
    return "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n" + std::string(more) +
           "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::string detail_of(Reply const& reply) {
    auto const document = boost::json::parse(reply.body);
    auto const* detail = document.as_object().if_contains("detail");
    return detail ? std::string(detail->as_string()) : "";
}

ServerOptions patient() {
    ServerOptions options = quick_options();
    options.timeouts.linger = milliseconds(2000);
    return options;
}

TEST(Refusal, IsReadByAPeerThatSendsItsWholeBodyFirst) {
    House const house(echo_routes(), patient());
    for (auto const kind : {Peer::Kind::tls, Peer::Kind::plain}) {
        House const plain(echo_routes(), patient(), true);
        Peer peer(kind == Peer::Kind::tls ? house.port() : plain.port(), kind);
        ASSERT_TRUE(peer.send(head_of(7 * mib)));
        ASSERT_TRUE(peer.send(std::string(7 * mib, 'x')));
        Reply const reply = peer.read();
        EXPECT_EQ(reply.status, 413);
        EXPECT_EQ(reply.field("connection"), "close");
        EXPECT_TRUE(peer.closed());
        if (kind == Peer::Kind::tls) {
            EXPECT_TRUE(SSL_get_shutdown(peer.tls()) & SSL_RECEIVED_SHUTDOWN);
        }
    }
}

TEST(Refusal, DoesNotListenForEver) {
    ServerOptions options = quick_options();
    options.limits.lingering = mib;
    House house(echo_routes(), options);
    Peer peer(house.port());
    ASSERT_TRUE(peer.send(head_of(1000 * mib)));
    std::string const piece(mib / 4, 'x');
    int sent = 0;
    while (sent != 400 && peer.send(piece)) ++sent;
    EXPECT_LT(sent, 400);

    ServerOptions hasty = quick_options();
    hasty.timeouts.linger_in_all = milliseconds(50);
    House const other(echo_routes(), hasty);
    Peer slow(other.port());
    ASSERT_TRUE(slow.send(head_of(1000 * mib)));
    sent = 0;
    while (sent != 100'000 && slow.send("x")) ++sent;
    EXPECT_LT(sent, 100'000);
}

TEST(Refusal, DoesNotHoldUpAStop) {
    ServerOptions options = quick_options();
    options.timeouts.linger_in_all = std::chrono::seconds(60);
    House house(echo_routes(), options);
    Peer peer(house.port());
    ASSERT_TRUE(peer.send(head_of(1000 * mib)));
    ASSERT_EQ(peer.read().status, 413);
    std::atomic<bool> over{false};
    std::thread dripping([&] {
        while (!over && peer.send("x")) std::this_thread::sleep_for(milliseconds(5));
    });
    EXPECT_TRUE(house.server.drain(std::chrono::seconds(10)));
    over = true;
    dripping.join();
}

TEST(Refusal, SaysWhatIsTaken) {
    House const house;
    std::string const english = "Accept-Language: en\r\n";
    EXPECT_EQ(detail_of(Peer(house.port()).ask(head_of(99999, english))),
              "The body may have at most 1000 bytes here.");
    EXPECT_EQ(detail_of(Peer(house.port()).ask(head_of(99999))), "此处请求正文最多 1000 字节。");
    std::string const chunked = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n" +
                                english + "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                                std::string(2000, 'x') + "\r\n";
    EXPECT_EQ(detail_of(Peer(house.port()).ask(chunked)), "The body may have at most 1000 bytes here.");
    Peer peer(house.port());
    EXPECT_EQ(
        detail_of(peer.ask(
            get("/things/1", english + "Content-Length: 0\r\nX-Long: " + std::string(9000, 'x') + "\r\n"))),
        "Request line and header fields may have at most 8192 bytes together, and be at most 100 fields.");
    Peer other(house.port());
    Reply const wrong = other.ask("DELETE /echo HTTP/1.1\r\nHost: h\r\n" + english + "\r\n");
    EXPECT_EQ(detail_of(wrong), "Offered here: OPTIONS, POST.");
    EXPECT_EQ(detail_of(other.ask(get("/nowhere", english))), "There is no resource under this path.");
    Reply const type = other.ask("POST /echo HTTP/1.1\r\nHost: h\r\n" + english +
                                 "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
    EXPECT_EQ(type.status, 415);
    EXPECT_EQ(type.field("accept"), "application/json");
    EXPECT_EQ(detail_of(type), "Send the body as application/json.");
    Reply const packed = other.ask(head_of(1, "Content-Encoding: gzip\r\n" + english) + "x");
    EXPECT_EQ(packed.status, 415);
    EXPECT_EQ(packed.field("accept-encoding"), "identity");
    EXPECT_EQ(Peer(house.port()).ask(get("/%zz", english)).status, 400);
}

TEST(Refusal, OfHttpWithoutTlsIsInClearText) {
    House const house;
    Peer peer(house.port(), Peer::Kind::plain);
    Reply const reply = peer.ask(get("/things/1"));
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.field("connection"), "close");
    EXPECT_EQ(detail_of(reply), "此端口只提供 HTTPS 服务，请改用 https://。");
    EXPECT_TRUE(peer.closed());
    Peer noise(house.port(), Peer::Kind::plain);
    ASSERT_TRUE(noise.send("SSH-2.0-client\r\n"));
    EXPECT_EQ(noise.read_all().find("HTTP"), std::string::npos);
}

TEST(Refusal, OfATooFullServerIsAnAnswer) {
    auto const gate = std::make_shared<Gate>();
    auto routes = echo_routes();
    routes.push_back({Method::get, "/wait", [gate](Request&) -> awaitable<Response> {
                          co_await gate->pass();
                          co_return json_response(200, "1");
                      }});
    ServerOptions options = quick_options();
    options.limits.connections = 1;
    options.limits.turned_away = 1;
    House const house(std::move(routes), options);
    Peer one(house.port());
    ASSERT_TRUE(one.send(get("/wait")));
    gate->entered.wait();  // whoever is being answered gives way to nobody
    {
        Peer three(house.port());
        Reply const refused = three.ask(get("/things/3"));
        EXPECT_EQ(refused.status, 503);
        EXPECT_EQ(refused.field("retry-after"), "1");
        EXPECT_EQ(refused.field("connection"), "close");
        EXPECT_EQ(refused.field("content-type"), "application/problem+json");
        Peer four(house.port());
        EXPECT_FALSE(four.connected());
    }
    gate->open = true;
    EXPECT_EQ(one.read().status, 200);
}

TEST(Refusal, OfWhatTheMachineCannotGiveIsNoFaultInside) {
    auto no_files = [](Request&) -> awaitable<Response> {
        throw std::system_error(EMFILE, std::generic_category());
        co_return Response{};
    };
    auto no_memory = [](Request&) -> awaitable<Response> {
        throw std::bad_alloc();
        co_return Response{};
    };
    House const house({{Method::get, "/files", no_files}, {Method::get, "/memory", no_memory}});
    for (char const* path : {"/files", "/memory"}) {
        Reply const reply = Peer(house.port()).ask(get(path));
        EXPECT_EQ(reply.status, 503) << path;
        EXPECT_EQ(reply.field("retry-after"), "1") << path;
    }
}

TEST(Request, MayComeAfterEmptyLines) {
    House const house;
    Peer peer(house.port());
    EXPECT_EQ(peer.ask("\r\n" + get("/things/1")).body, "1");
    EXPECT_EQ(peer.ask("\r\n\r\n" + post("/echo", "2")).body, "2");
    ASSERT_TRUE(peer.send("\r"));
    ASSERT_TRUE(peer.send("\n" + post("/echo", "3") + "\r\n" + get("/things/4")));
    EXPECT_EQ(peer.read().body, "3");
    EXPECT_EQ(peer.read().body, "4");
    EXPECT_EQ(peer.ask("\r" + get("/things/5")).status, 400);
}

TEST(Request, KeepsTheIdThatItsCallerGave) {
    House const house;
    Peer peer(house.port());
    EXPECT_EQ(peer.ask(get("/things/1", "X-Request-Id: job-7_a.B\r\n")).field("x-request-id"), "job-7_a.B");
    Reply const refused = peer.ask(get("/nowhere", "X-Request-Id: job-8\r\n"));
    EXPECT_EQ(boost::json::parse(refused.body).at("instance").as_string(), "urn:request:job-8");
    EXPECT_EQ(peer.ask(get("/things/1")).field("x-request-id").size(), 16U);
    for (std::string const& bad :
         {std::string("a b"), std::string(65, 'x'), std::string("\"q\""), std::string("张三")})
        EXPECT_EQ(peer.ask(get("/things/1", "X-Request-Id: " + bad + "\r\n")).field("x-request-id").size(),
                  16U)
            << bad;
}

/// Everybody may read /open; /closed needs a token.
std::vector<Route> open_and_closed() {
    auto answer = [](Request&) -> awaitable<Response> { co_return json_response(200, "1"); };
    auto none = [](Request& r) -> awaitable<Response> {
        co_return problem_response(fault(problem::not_found), r);
    };
    return {{Method::get, "/open", answer, {.everybody = true}},
            {Method::get, "/open/none", none, {.everybody = true}},
            {Method::get, "/closed", answer},
            {Method::post, "/closed", answer}};
}

TEST(Pages, OfAnyOriginReadWhatEverybodyMayRead) {
    House const house(open_and_closed());
    Peer peer(house.port());
    std::string const page = "Origin: https://example.org\r\n";
    for (char const* path : {"/open", "/open/none"}) {
        Reply const reply = peer.ask(get(path, page));
        EXPECT_EQ(reply.field("access-control-allow-origin"), "*") << path;
        EXPECT_NE(reply.field("access-control-expose-headers").find("ETag"), std::string::npos) << path;
    }
    EXPECT_EQ(peer.ask(get("/closed", page)).field("access-control-allow-origin"), "");
    EXPECT_EQ(peer.ask(post("/closed", "", page)).field("access-control-allow-origin"), "");
    EXPECT_EQ(peer.ask(post("/open", "", page)).field("access-control-allow-origin"), "");
}

TEST(Pages, AskBeforeAndAreToldWhatTheyMaySend) {
    House const house(open_and_closed());
    Peer peer(house.port());
    auto const ask_before = [&](std::string const& path) {
        return peer.ask(
            "OPTIONS " + path +
            " HTTP/1.1\r\nHost: h\r\nOrigin: https://example.org\r\nAccess-Control-Request-Method: "
            "GET\r\nAccess-Control-Request-Headers: if-none-match\r\n\r\n");
    };
    Reply const open = ask_before("/open");
    EXPECT_EQ(open.status, 204);
    EXPECT_EQ(open.field("access-control-allow-origin"), "*");
    EXPECT_EQ(open.field("access-control-allow-methods"), "GET, HEAD");
    EXPECT_NE(open.field("access-control-allow-headers").find("If-None-Match"), std::string::npos);
    Reply const closed = ask_before("/closed");
    EXPECT_EQ(closed.status, 204);
    EXPECT_EQ(closed.field("access-control-allow-origin"), "");
    EXPECT_EQ(closed.field("access-control-allow-headers"), "");
}

}  // namespace
}  // namespace sponsio::http::test
