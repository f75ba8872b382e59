#include "server/client/https_client.hpp"

#include "tests/unit/http/house.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <fstream>
#include <thread>

namespace sponsio::client {
namespace {

namespace asio = boost::asio;
namespace http = sponsio::http;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// A platform to call: answers what it is asked for by its path.
class Platform {
  public:
    [[nodiscard]] std::string url(std::string const& path, std::string const& host = "localhost") const {
        return "https://" + host + ":" + std::to_string(house_.port()) + path;
    }

    [[nodiscard]] HttpsClient client(std::size_t max_answer = 100'000) const {
        return HttpsClient::make({.ca_file = http::test::test_files().certificate, .max_answer = max_answer})
            .value();
    }

    std::atomic<int> received{0};

  private:
    std::vector<http::Route> routes() {
        auto echo = [this](http::Request& r) -> http::awaitable<http::Response> {
            ++received;
            http::Response answer = http::json_response(201, r.body);
            answer.set("X-Seen",
                       std::string(http::name(r.method)) + " " + std::string(r.header("X-Key").value_or("")));
            co_return answer;
        };
        auto large = [](http::Request&) -> http::awaitable<http::Response> {
            co_return http::json_response(200, std::string(200'000, 'x'));
        };
        auto slow = [this](http::Request&) -> http::awaitable<http::Response> {
            ++received;
            asio::steady_timer timer(co_await asio::this_coro::executor, 600ms);
            co_await timer.async_wait(asio::use_awaitable);
            co_return http::json_response(200, "1");
        };
        auto moved = [](http::Request&) -> http::awaitable<http::Response> {
            http::Response answer = http::empty_response(302);
            answer.set("Location", "/echo");
            co_return answer;
        };
        return {{http::Method::put, "/echo", echo},
                {http::Method::get, "/echo", echo},
                {http::Method::get, "/large", large},
                {http::Method::get, "/slow", slow},
                {http::Method::get, "/moved", moved}};
    }

    http::test::House house_{routes()};
};

Deadline soon(std::chrono::milliseconds wait = 2s) {
    return steady_clock::now() + wait;
}

/// Accepts connections and does with them what the test wants.
class Odd {
  public:
    template <class Behave>
    explicit Odd(Behave behave)
        : thread_([this, behave] {
              boost::system::error_code ec;
              asio::ip::tcp::socket socket(io_);
              acceptor_.accept(socket, ec);
              if (!ec) behave(socket);
          }) {}

    ~Odd() {
        asio::io_context io;
        asio::ip::tcp::socket knock(io);  // if nobody came, it still waits for somebody
        boost::system::error_code ignored;
        knock.connect({asio::ip::address_v4::loopback(), port_}, ignored);
        knock.close(ignored);
        thread_.join();
    }

    Odd(Odd const&) = delete;
    Odd& operator=(Odd const&) = delete;

    [[nodiscard]] std::string url() const { return "https://127.0.0.1:" + std::to_string(port_) + "/"; }

  private:
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
    std::uint16_t port_ = acceptor_.local_endpoint().port();
    std::thread thread_;
};

TEST(HttpsClient, SendsAndReceives) {
    Platform const platform;
    for (char const* host : {"localhost", "127.0.0.1"}) {
        Exchange const got =
            platform.client().request({.method = "PUT",
                                       .url = platform.url("/echo?x=1", host),
                                       .headers = {{"Content-Type", "application/json"}, {"X-Key", "k"}},
                                       .body = R"({"batch":1})",
                                       .deadline = soon()});
        ASSERT_TRUE(got) << got.error().cause;
        EXPECT_EQ(got->status, 201U);
        EXPECT_EQ(got->body, R"({"batch":1})");
        EXPECT_EQ(got->header("x-seen"), "PUT k");
        EXPECT_EQ(got->header("absent"), std::nullopt);
    }
}

TEST(HttpsClient, PassesOnRefusalsAndRedirects) {
    Platform const platform;
    EXPECT_EQ(platform.client().request({.url = platform.url("/none"), .deadline = soon()})->status, 404U);
    Exchange const moved = platform.client().request({.url = platform.url("/moved"), .deadline = soon()});
    EXPECT_EQ(moved->status, 302U);
    EXPECT_EQ(platform.received, 0);  // not followed
}

TEST(HttpsClient, TrustsOnlyThePinnedFile) {
    Platform const platform;
    TempDir const folder;
    auto const strangers = http::self_made_certificate(folder.path(), {}, SystemClock{}.now()).value();
    auto const client = HttpsClient::make({.ca_file = strangers.certificate}).value();
    Exchange const got = client.request({.url = platform.url("/echo"), .deadline = soon()});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().stage, Stage::handshake);
    EXPECT_FALSE(got.error().maybe_received());
    EXPECT_EQ(platform.received, 0);
}

TEST(HttpsClient, VerifiesTheName) {
    TempDir const folder;
    Platform const platform;
    // 127.0.0.2 is this machine too, but not in the certificate.
    http::ServerOptions options = http::test::quick_options();
    options.address = "127.0.0.2";
    auto const files = http::self_made_certificate(folder.path(), {}, SystemClock{}.now()).value();
    http::Server other(options, http::Router{}, http::TlsContext::load(files).value(), nullptr);
    ASSERT_TRUE(other.start());
    auto const client = HttpsClient::make({.ca_file = files.certificate}).value();
    Exchange const got = client.request(
        {.url = "https://127.0.0.2:" + std::to_string(other.port()) + "/", .deadline = soon()});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().stage, Stage::handshake);
}

TEST(HttpsClient, BoundsTheAnswer) {
    Platform const platform;
    Exchange const got = platform.client().request({.url = platform.url("/large"), .deadline = soon()});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().stage, Stage::receive);
    EXPECT_EQ(
        platform.client(300'000).request({.url = platform.url("/large"), .deadline = soon()})->body.size(),
        200'000U);
}

TEST(HttpsClient, SaysThatNothingWasSentIfNobodyAnswers) {
    std::string url;
    {
        Platform const gone;
        url = gone.url("/echo", "127.0.0.1");
    }
    Platform const other;
    Exchange const got = other.client().request({.url = url, .deadline = soon()});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().stage, Stage::connect);
    EXPECT_FALSE(got.error().maybe_received());
}

/// How far the client gets with a server that offers that group alone.
Stage stage_with_group(char const* group) {
    Odd const server([group](asio::ip::tcp::socket& socket) {
        std::string const certificate = http::test::test_files().certificate,
                          key = http::test::test_files().key;
        SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate_chain_file(context, certificate.c_str());
        SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM);
        SSL_CTX_set1_groups_list(context, group);
        SSL* const ssl = SSL_new(context);
        SSL_set_fd(ssl, socket.native_handle());
        SSL_accept(ssl);
        SSL_free(ssl);
        SSL_CTX_free(context);
    });
    auto const client = HttpsClient::make({.ca_file = http::test::test_files().certificate}).value();
    Exchange const got = client.request({.url = server.url(), .deadline = soon()});
    return got ? Stage::url : got.error().stage;
}

TEST(HttpsClient, LetsAServerChooseAmongThreeGroups) {
    for (char const* group : {"X25519", "P-256", "P-384"})
        EXPECT_EQ(stage_with_group(group), Stage::receive) << group;
    for (char const* group : {"P-521", "X448", "ffdhe2048", "ffdhe8192"})
        EXPECT_EQ(stage_with_group(group), Stage::handshake) << group;
}

TEST(HttpsClient, SaysThatNothingWasSentIfTheHandshakeHangs) {
    Platform const platform;
    Odd const silent([](asio::ip::tcp::socket& socket) {
        char byte;
        boost::system::error_code ec;
        while (!ec) socket.read_some(asio::buffer(&byte, 1), ec);  // until the client gives up
    });
    auto const begun = steady_clock::now();
    Exchange const got = platform.client().request({.url = silent.url(), .deadline = soon(200ms)});
    EXPECT_LT(steady_clock::now() - begun, 2s);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().stage, Stage::handshake);
    EXPECT_FALSE(got.error().maybe_received());
}

TEST(HttpsClient, SaysThatItMayHaveArrivedIfTheAnswerIsLate) {
    Platform const platform;
    Exchange const got = platform.client().request({.url = platform.url("/slow"), .deadline = soon(300ms)});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().stage, Stage::receive);
    EXPECT_TRUE(got.error().maybe_received());
    EXPECT_EQ(platform.received, 1);
}

TEST(HttpsClient, DoesNotTryAfterItsDeadline) {
    Platform const platform;
    Exchange const got =
        platform.client().request({.url = platform.url("/echo"), .deadline = steady_clock::now() - 1s});
    ASSERT_FALSE(got);
    EXPECT_FALSE(got.error().maybe_received());
    EXPECT_EQ(platform.received, 0);
}

TEST(HttpsClient, RefusesWhatItCannotSend) {
    Platform const platform;
    Exchange const plain = platform.client().request({.url = "http://localhost/", .deadline = soon()});
    ASSERT_FALSE(plain);
    EXPECT_EQ(plain.error().stage, Stage::url);
    Exchange const split = platform.client().request(
        {.url = platform.url("/echo"), .headers = {{"X-Key", "a\r\nX-Other: b"}}, .deadline = soon()});
    ASSERT_FALSE(split);
    EXPECT_EQ(split.error().stage, Stage::url);
    EXPECT_EQ(platform.received, 0);
}

TEST(HttpsClient, SaysWhichCaFileCannotBeRead) {
    TempDir const folder;
    auto const made = HttpsClient::make({.ca_file = folder.path() / "none.pem"});
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().detail.en.find("none.pem"), std::string::npos);
    std::ofstream(folder.path() / "empty.pem") << "nothing\n";
    EXPECT_FALSE(HttpsClient::make({.ca_file = folder.path() / "empty.pem"}));
}

TEST(HttpsClient, IsSharedByThreads) {
    Platform const platform;
    HttpsClient const client = platform.client();
    std::atomic<int> answered{0};
    std::vector<std::thread> callers;
    for (int t = 0; t != 4; ++t)
        callers.emplace_back([&] {
            for (int i = 0; i != 10; ++i)
                if (client.request({.url = platform.url("/echo"), .deadline = soon()})) ++answered;
        });
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(answered, 40);
}

}  // namespace
}  // namespace sponsio::client
