#include "tests/unit/http/house.hpp"
#include "tests/unit/http/peer.hpp"

#include <algorithm>
#include <thread>

namespace sponsio::http::test {
namespace {

/// Counts what it is sent, piece by piece.
awaitable<Response> count(Request& request) {
    std::size_t total = 0;
    for (;;) {
        auto const piece = co_await request.body_stream->next();
        if (!piece) co_return problem_response(piece.error(), request);
        if (piece->empty()) break;
        total += piece->size();
    }
    co_return json_response(200, std::to_string(total));
}

/// Answers every line while it still reads.
awaitable<Response> shout(Request& request) {
    Response answer;
    answer.content_type = "application/x-ndjson";
    answer.stream = [&request](BodyWriter& out) -> awaitable<void> {
        for (;;) {
            auto const piece = co_await request.body_stream->next();
            if (!piece || piece->empty()) co_return;
            std::string loud(*piece);
            for (char& c : loud) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            bool const sent = co_await out.write(loud);
            if (!sent) co_return;
        }
    };
    co_return answer;
}

/// Answers every piece with a hundred times as much, which need not be read before all is sent. Says at the
/// end what could not be kept, and to the test when it has read all.
Handler multiply(std::shared_ptr<std::atomic<bool>> all_read) {
    return [all_read = std::move(all_read)](Request& request) -> awaitable<Response> {
        Response answer;
        answer.content_type = "text/plain";
        answer.stream = [&request, all_read](BodyWriter& out) -> awaitable<void> {
            bool full = false;
            for (;;) {
                auto const piece = co_await request.body_stream->next();
                if (!piece || piece->empty()) break;
                std::string many;
                for (int i = 0; i != 100; ++i) many.append(*piece);
                full = full || !out.keep(many);
            }
            *all_read = true;
            if (full) co_await out.write("FULL");
        };
        co_return answer;
    };
}

awaitable<Response> many_pieces(Request&) {
    Response answer;
    answer.content_type = "text/plain";
    answer.stream = [](BodyWriter& out) -> awaitable<void> {
        for (int i = 0; i != 100; ++i) {
            bool const sent = co_await out.write(std::string(1000, static_cast<char>('a' + i % 26)));
            if (!sent) co_return;
        }
        std::string const large(100'000, 'z');
        co_await out.write(large);
    };
    co_return answer;
}

awaitable<Response> broken(Request&) {
    Response answer;
    answer.stream = [](BodyWriter& out) -> awaitable<void> {
        co_await out.write("half");
        throw std::runtime_error("the rest is gone");
    };
    co_return answer;
}

std::vector<Route> stream_routes(
    std::shared_ptr<std::atomic<bool>> all_read = std::make_shared<std::atomic<bool>>()) {
    return {{Method::post, "/count", count, {.max_body = 5'000'000, .accepts = {"*/*"}, .stream_body = true}},
            {Method::post, "/shout", shout, {.max_body = 5'000'000, .accepts = {"*/*"}, .stream_body = true}},
            {Method::post,
             "/multiply",
             multiply(std::move(all_read)),
             {.max_body = 5'000'000, .accepts = {"*/*"}, .stream_body = true}},
            {Method::get, "/pieces", many_pieces},
            {Method::get, "/broken", broken},
            {Method::post,
             "/ignore",
             many_pieces,
             {.max_body = 5'000'000, .accepts = {"*/*"}, .stream_body = true}}};
}

TEST(StreamedRequest, IsReadInPieces) {
    House const house(stream_routes());
    Peer peer(house.port());
    EXPECT_EQ(peer.ask(post("/count", std::string(3'000'000, 'x'))).body, "3000000");
    EXPECT_EQ(peer.ask(post("/count", "")).body, "0");
    EXPECT_EQ(peer.ask("POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                       "chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")
                  .body,
              "6");
}

TEST(StreamedRequest, IsBounded) {
    House const house(stream_routes());
    Peer peer(house.port());
    EXPECT_EQ(peer.ask("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 5000001\r\n\r\n").status, 413);
    Peer chunks(house.port());
    ASSERT_TRUE(chunks.send("POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
    std::string const chunk = "f4240\r\n" + std::string(1'000'000, 'x') + "\r\n";
    for (int i = 0; i != 6; ++i)
        if (!chunks.send(chunk)) break;
    EXPECT_EQ(chunks.read().status, 413);
}

TEST(StreamedRequest, EndsWithAFaultIfThePeerStops) {
    ServerOptions options = quick_options();
    options.timeouts.body = std::chrono::milliseconds(40);
    House const house(stream_routes(), options);
    Peer peer(house.port());
    EXPECT_EQ(peer.ask("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello").status, 408);
}

TEST(StreamedResponse, IsChunkedAndKeepsTheConnection) {
    House const house(stream_routes());
    Peer peer(house.port());
    for (int i = 0; i != 3; ++i) {
        Reply const reply = peer.ask(get("/pieces"));
        ASSERT_EQ(reply.body.size(), 200'000U);
        EXPECT_EQ(reply.body[99'999], static_cast<char>('a' + 99 % 26));
        EXPECT_EQ(reply.body.back(), 'z');
    }
}

TEST(StreamedResponse, EndsWithTheConnectionForHttp10) {
    House const house(stream_routes());
    Peer peer(house.port());
    ASSERT_TRUE(peer.send("GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    std::string const all = peer.read_all();
    EXPECT_EQ(all.size() - all.find("\r\n\r\n") - 4, 200'000U);
}

TEST(StreamedResponse, IsCutIfItFails) {
    House const house(stream_routes());
    Peer peer(house.port());
    ASSERT_TRUE(peer.send(get("/broken")));
    std::string const all = peer.read_all();
    EXPECT_NE(all.find("half"), std::string::npos);
    EXPECT_EQ(all.find("\r\n0\r\n"), std::string::npos);
}

TEST(StreamedResponse, HasNoBodyForHead) {
    House const house(stream_routes());
    Peer peer(house.port());
    ASSERT_TRUE(peer.send("HEAD /pieces HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_EQ(peer.read(true).status, 200);
    EXPECT_EQ(peer.ask(get("/pieces")).body.size(), 200'000U);
}

TEST(Streams, RunBothWaysAtOnce) {
    House const house(stream_routes());
    Peer peer(house.port());
    ASSERT_TRUE(
        peer.send("POST /shout HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n"));
    ASSERT_TRUE(peer.send("4\r\ntwo\n\r\n0\r\n\r\n"));
    EXPECT_EQ(peer.read().body, "ONE\nTWO\n");
    EXPECT_EQ(peer.ask(get("/pieces")).status, 200);
}

TEST(Streams, GoOnAfterABodyNobodyRead) {
    House const house(stream_routes());
    Peer peer(house.port());
    EXPECT_EQ(peer.ask(post("/ignore", std::string(1000, 'x'))).body.size(), 200'000U);
    EXPECT_EQ(peer.ask(get("/pieces")).status, 200);
}

void wait_for(std::atomic<bool> const& what) {
    for (int i = 0; i != 3000 && !what; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(what);
}

TEST(StreamedBothWays, TakesAllOfARequestBeforeItsAnswersAreRead) {
    auto const all_read = std::make_shared<std::atomic<bool>>();
    House const house(stream_routes(all_read));
    Peer peer(house.port());
    std::string const body(300'000, 'x');  // its answers are 30 MB: no socket holds them
    ASSERT_TRUE(peer.send(post("/multiply", body)));
    wait_for(*all_read);
    Reply const reply = peer.read();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body.size(), body.size() * 100);
    EXPECT_EQ(peer.ask(post("/count", "still here")).body, "10");
}

TEST(StreamedBothWays, SendsWhatWasKeptWhileItWaitsForMore) {
    House const house(stream_routes());
    Peer peer(house.port());
    ASSERT_TRUE(peer.send("POST /multiply HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
    std::string const piece = "c350\r\n" + std::string(50'000, 'x') + "\r\n";
    std::string last;
    auto const read_on = [&](std::ptrdiff_t wanted) {
        for (std::ptrdiff_t got = 0; got < wanted; got += std::ranges::count(last, 'x')) {
            last = peer.read_some();
            if (last.empty()) return false;
        }
        return true;
    };
    for (int i = 0; i != 3; ++i) {  // each time all answers are read before more is sent
        ASSERT_TRUE(peer.send(piece));
        ASSERT_TRUE(read_on(5'000'000));
    }
    ASSERT_TRUE(peer.send("0\r\n\r\n"));
    for (std::string end = last; !end.ends_with("0\r\n\r\n"); end += last)
        ASSERT_FALSE((last = peer.read_some()).empty());
}

TEST(StreamedBothWays, KeepsNoMoreThanThereIsRoomFor) {
    ServerOptions options = quick_options();
    options.limits.backlog = 10'000'000;
    auto const all_read = std::make_shared<std::atomic<bool>>();
    House const house(stream_routes(all_read), options);
    Peer peer(house.port());
    ASSERT_TRUE(peer.send(post("/multiply", std::string(300'000, 'x'))));
    wait_for(*all_read);
    Reply const reply = peer.read();
    EXPECT_TRUE(reply.body.ends_with("xFULL"));
    EXPECT_LT(reply.body.size(), 30'000'000U);
}

}  // namespace
}  // namespace sponsio::http::test
