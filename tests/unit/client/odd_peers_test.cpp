#include "server/client/https_client.hpp"
#include "tests/unit/client/raw_peer.hpp"
#include "tests/unit/client/system_in_the_way.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include <cstdlib>
#include <vector>

/// What peers and networks do that a client of HTTP must bear.
namespace sponsio::client {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using tcp = asio::ip::tcp;
using test::RawPeer;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto final_404 = "HTTP/1.1 404 Not Found\r\nX-Final: yes\r\nContent-Length: 2\r\n\r\n{}";

RawPeer::Say always(std::string bytes) {
    return [bytes](std::string const&) { return RawPeer::Said{bytes}; };
}

HttpsClient client_of(http::TlsFiles const& files, Outbound outbound = {}) {
    return HttpsClient::make(
               {.ca_file = files.certificate, .max_answer = 100'000, .outbound = std::move(outbound)})
        .value();
}

HttpsClient a_client(Outbound outbound = {}) {
    return client_of(http::test::test_files(), std::move(outbound));
}

Call get(std::string url, std::chrono::milliseconds wait = 20s) {
    return {.url = std::move(url), .deadline = steady_clock::now() + wait};
}

/// RFC 9110 §15.2.
TEST(OddPeers, InterimAnswersAreReadPast) {
    for (std::string const interim :
         {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
          "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"}) {
        RawPeer const peer(always(interim + final_404));
        for (char const* const method : {"GET", "PUT", "POST"}) {
            Call call = get(peer.url());
            call.method = method;
            if (call.method != "GET") call.body = "body";
            Exchange const got = a_client().request(call);
            ASSERT_TRUE(got) << interim << got.error().cause;
            EXPECT_EQ(got->status, 404U) << interim;
            EXPECT_EQ(got->body, "{}");
            EXPECT_EQ(got->header("X-Final"), "yes");
            EXPECT_EQ(got->header("Link"), std::nullopt) << "that was of the interim answer";
        }
    }
}

TEST(OddPeers, AnInterimAnswerAloneIsNone) {
    RawPeer const peer(always("HTTP/1.1 100 Continue\r\n\r\n"));
    Exchange const got = a_client().request(get(peer.url()));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().stage, Stage::receive);
}

TEST(OddPeers, AnAnswerCutShortIsNone) {
    for (char const* const cut :
         {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Ty",
          "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "nonsense\r\n\r\n"}) {
        RawPeer const peer(always(cut));
        Exchange const got = a_client().request(get(peer.url()));
        ASSERT_FALSE(got) << cut << " gave " << got->status;
        EXPECT_EQ(got.error().stage, Stage::receive) << cut;
        EXPECT_TRUE(got.error().maybe_received());
    }
}

TEST(OddPeers, HeadersAreBounded) {
    std::string head = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i != 80; ++i) head += "X-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n";
    RawPeer const one(always(head + "Content-Length: 0\r\n\r\n"));
    EXPECT_EQ(a_client().request(get(one.url())).error().cause, "the answer is too large");
    std::string interims;
    for (int i = 0; i != 3000; ++i) interims += "HTTP/1.1 103 Early Hints\r\n\r\n";
    RawPeer const many(always(interims + final_404));
    EXPECT_EQ(a_client().request(get(many.url())).error().cause, "the answer is too large");
}

TEST(OddPeers, AConnectionIsUsedAgain) {
    RawPeer const peer([](std::string const&) { return RawPeer::Said{final_404, false}; });
    HttpsClient const client = a_client();
    for (int i = 0; i != 3; ++i) EXPECT_TRUE(client.request(get(peer.url())));
    EXPECT_EQ(peer.requests, 3);
    EXPECT_EQ(peer.connections, 1);
}

TEST(OddPeers, AKeptConnectionThatThePeerClosedIsMadeAnew) {
    RawPeer const peer(always(final_404));
    HttpsClient const client = a_client();
    for (int i = 0; i != 3; ++i) EXPECT_TRUE(client.request(get(peer.url())));
    EXPECT_EQ(peer.connections, 3);
}

/// An address that answers nothing, not even with a refusal: its queue of connections is full.
class Hole {
  public:
    explicit Hole(std::uint16_t port) {
        acceptor_.open(tcp::v4());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind({asio::ip::make_address("127.0.0.9"), port});
        acceptor_.listen(0);
        tcp::endpoint const here(asio::ip::make_address("127.0.0.9"), port);
        for (int i = 0; i != 4; ++i) {
            tcp::socket& socket = fill_.emplace_back(io_, tcp::v4());
            socket.native_non_blocking(true);
            ::connect(socket.native_handle(), here.data(), static_cast<socklen_t>(here.size()));
        }
    }

  private:
    asio::io_context io_;
    tcp::acceptor acceptor_{io_};
    std::vector<tcp::socket> fill_;
};

/// RFC 8305: the second address is tried while there is time.
TEST(OddPeers, AnAddressThatSwallowsPacketsIsPassedOver) {
    TempDir const folder;
    auto const files = http::self_made_certificate(folder.path(), {"two.test"}, SystemClock{}.now()).value();
    RawPeer const peer(always(final_404), files);
    Hole const hole(peer.port());
    Exchange const got = client_of(files).request(get(peer.url("two.test"), 5s));
    ASSERT_TRUE(got) << got.error().cause;
    EXPECT_EQ(got->status, 404U);
}

TEST(OddPeers, AllAddressesThatSwallowPacketsEndAtTheDeadline) {
    RawPeer const peer(always(final_404));
    Hole const hole(peer.port());
    Exchange const got = a_client().request(get(peer.url("127.0.0.9"), 400ms));
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().stage, Stage::connect);
    EXPECT_FALSE(got.error().maybe_received());
}

TEST(OddPeers, ANameServerThatIsSilentHoldsNobodyPastTheDeadline) {
    test::resolver_is_silent = true;
    Exchange const got = a_client().request(get("https://silent.test/", 300ms));
    EXPECT_EQ(test::silent_lookups, 1);
    EXPECT_EQ(test::silent_lookups_done, 0) << "it was waited for";
    test::resolver_is_silent = false;
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().stage, Stage::resolve);
    while (test::silent_lookups_done == 0) std::this_thread::sleep_for(1ms);
}

TEST(OddPeers, AStopCutsWhatIsUnderWayAndWhatBeginsLater) {
    std::stop_source stop;
    RawPeer const peer([&](std::string const&) {
        stop.request_stop();  // the request has come; its answer takes longer than anybody waits
        return RawPeer::Said{"HTTP/1.1 100 Continue\r\n\r\n", false};
    });
    HttpsClient const client = a_client({.stop = stop.get_token()});
    auto const begun = steady_clock::now();
    Exchange const cut = client.request(get(peer.url(), 300s));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().stage, Stage::receive);
    EXPECT_EQ(cut.error().cause, "stopping");
    Exchange const later = client.request(get(peer.url(), 300s));
    ASSERT_FALSE(later);
    EXPECT_FALSE(later.error().maybe_received());
    EXPECT_LT(steady_clock::now() - begun, 100s);
    EXPECT_EQ(peer.requests, 1);
}

TEST(OddPeers, AFileThatIsPinnedIsAllThatIsTrusted) {
    RawPeer const peer(always(final_404));
    test::trusted_directories = 0;
    EXPECT_TRUE(a_client().request(get(peer.url())));
    EXPECT_EQ(test::trusted_directories, 0);
    EXPECT_FALSE(HttpsClient::make({}).value().request(get(peer.url())));
    EXPECT_GT(test::trusted_directories, 0) << "or this test sees nothing";
}

/// Answers a CONNECT as it is told to and says what it was asked.
class Proxy {
  public:
    explicit Proxy(std::string answer)
        : thread_([this, answer = std::move(answer)] {
              tcp::socket socket(io_);
              acceptor_.accept(socket);
              asio::read_until(socket, asio::dynamic_buffer(asked), "\r\n\r\n");
              asio::write(socket, asio::buffer(answer));
          }) {}

    ~Proxy() {
        if (thread_.joinable()) thread_.join();
    }

    Proxy(Proxy const&) = delete;
    Proxy& operator=(Proxy const&) = delete;

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

    std::string heard() {
        thread_.join();
        return asked;
    }

  private:
    std::string asked{};
    asio::io_context io_;
    tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
    std::uint16_t port_ = acceptor_.local_endpoint().port();
    std::thread thread_;
};

TEST(OddPeers, AProxyIsAskedForATunnelAndSeesNothingElse) {
    Proxy proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    Call call = get("https://platform.test/secret-path");
    call.headers = {{"Authorization", "Bearer secret"}};
    Exchange const got = a_client({.proxy = proxy.url()}).request(call);
    ASSERT_FALSE(got) << "the answer of a proxy is not the peer's";
    EXPECT_FALSE(got.error().maybe_received());
    std::string const heard = proxy.heard();
    EXPECT_THAT(heard, StartsWith("CONNECT platform.test:443 HTTP/1.1\r\n"));
    EXPECT_EQ(heard.find("secret"), std::string::npos) << heard;
}

TEST(OddPeers, SomeHostsAreReachedWithoutTheProxy) {
    RawPeer const peer(always(final_404));
    Outbound const outbound{.proxy = "http://127.0.0.1:1", .no_proxy = "127.0.0.1,other.test"};
    EXPECT_TRUE(a_client(outbound).request(get(peer.url())));
    EXPECT_FALSE(a_client(outbound).request(get(peer.url("localhost"))));
}

TEST(OddPeers, TheEnvironmentDoesNotTurnCallsAside) {
    RawPeer const peer(always(final_404));
    for (char const* const name : {"HTTPS_PROXY", "https_proxy", "ALL_PROXY"})
        setenv(name, "http://127.0.0.1:1", 1);
    EXPECT_TRUE(a_client().request(get(peer.url())));
    for (char const* const name : {"HTTPS_PROXY", "https_proxy", "ALL_PROXY"}) unsetenv(name);
}

TEST(OddPeers, AProxyMustBeOne) {
    for (char const* const wrong : {"proxy:3128", "socks5://a:1", "http://", "http://a/path", "ftp://a"}) {
        auto const made = HttpsClient::make({.outbound = {.proxy = wrong}});
        ASSERT_FALSE(made) << wrong;
        EXPECT_THAT(made.error().detail.en, HasSubstr("http://host:port"));
    }
    EXPECT_TRUE(HttpsClient::make({.outbound = {.proxy = "http://user:word@proxy.test:3128/"}}));
}

}  // namespace
}  // namespace sponsio::client
