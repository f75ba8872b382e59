#include "server/client/https_client.hpp"

#include "server/client/url.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <exception>
#include <stdexcept>

namespace sponsio::client {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using asio::awaitable;
using tcp = asio::ip::tcp;
using boost::system::error_code;

struct HttpsClient::Settings {
    ClientOptions options;
    // Asio wants it mutable to make a stream from it; nothing of it changes after `make`.
    mutable ssl::context tls{ssl::context::tls_client};
};

namespace {

constexpr auto tuple_awaitable = asio::as_tuple(asio::use_awaitable);

using Stream = beast::ssl_stream<beast::tcp_stream>;
using Request = beast::http::request<beast::http::string_body>;
using Parser = beast::http::response_parser<beast::http::string_body>;

/// The stream's own timer may lose the race against an operation that can be done at once.
bool late(Call const& call) {
    return std::chrono::steady_clock::now() >= call.deadline;
}

Failure failed(Stage stage, error_code const& ec) {
    return Failure{.stage = stage, .cause = ec.message()};
}

/// A lookup that started cannot be called off, so its result and the clock race for one timer. What both
/// sides touch is shared: the lookup may come back long after the caller has gone.
struct Lookup {
    explicit Lookup(asio::any_io_executor const& executor) : resolver(executor), timer(executor) {}

    tcp::resolver resolver;
    asio::steady_timer timer;
    error_code ec = beast::error::timeout;
    tcp::resolver::results_type found{};
};

awaitable<std::shared_ptr<Lookup>> resolve(Url const& url, Deadline deadline) {
    auto const lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor);
    error_code not_an_address;
    auto const address = asio::ip::make_address(url.host, not_an_address);
    if (!not_an_address) {
        tcp::endpoint const at(address, url.port);
        lookup->found = tcp::resolver::results_type::create(at, url.host, {});
        lookup->ec = {};
        co_return lookup;
    }
    lookup->timer.expires_at(deadline);
    lookup->resolver.async_resolve(url.host, std::to_string(url.port),
                                   [lookup](error_code ec, tcp::resolver::results_type found) {
                                       lookup->ec = ec;
                                       lookup->found = std::move(found);
                                       lookup->timer.cancel();
                                   });
    co_await lookup->timer.async_wait(tuple_awaitable);
    co_return lookup;
}

/// Name for SNI and for the certificate. RFC 6066 §3 allows no address in SNI.
bool expect_host(Stream& stream, std::string const& host) {
    error_code ec;
    asio::ip::make_address(host, ec);
    if (ec && SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) != 1) return false;
    stream.set_verify_mode(ssl::verify_peer);
    stream.set_verify_callback(ssl::host_name_verification(host));
    return true;
}

std::optional<Request> make_request(Call& call, Url const& url, std::string const& user_agent) {
    Request request;
    request.version(11);
    request.method_string(call.method);
    request.target(url.target);
    request.set(beast::http::field::host, url.authority);
    request.set(beast::http::field::user_agent, user_agent);
    request.set(beast::http::field::connection, "close");
    for (auto const& [name, value] : call.headers) {
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return std::nullopt;
        request.set(name, value);
    }
    request.body() = std::move(call.body);
    request.prepare_payload();
    return request;
}

Answer answer_of(Parser::value_type&& message) {
    Answer answer;
    answer.status = message.result_int();
    for (auto const& field : message) answer.headers.emplace_back(field.name_string(), field.value());
    answer.body = std::move(message.body());
    return answer;
}

awaitable<Exchange> converse(Stream& stream, Call& call, Request const& request, std::size_t max_answer) {
    auto& transport = beast::get_lowest_layer(stream);
    // From here on a byte of the request may have left: every failure is one where the peer may know it.
    transport.expires_at(call.deadline);
    auto const [send_ec, sent] = co_await beast::http::async_write(stream, request, tuple_awaitable);
    if (send_ec) co_return failed(Stage::send, send_ec);

    Parser parser;
    parser.body_limit(max_answer);
    if (request.method() == beast::http::verb::head) parser.skip(true);
    beast::flat_buffer buffer(16 * 1024);
    transport.expires_at(call.deadline);
    auto const [read_ec, got] = co_await beast::http::async_read(stream, buffer, parser, tuple_awaitable);
    if (read_ec) co_return failed(Stage::receive, read_ec);
    co_return answer_of(parser.release());
}

}  // namespace

std::optional<std::string_view> Answer::header(std::string_view name) const noexcept {
    for (auto const& [key, value] : headers)
        if (beast::iequals(key, name)) return value;
    return std::nullopt;
}

std::string_view name(Stage stage) {
    switch (stage) {
        case Stage::url: return "url";
        case Stage::resolve: return "resolve";
        case Stage::connect: return "connect";
        case Stage::handshake: return "handshake";
        case Stage::send: return "send";
        case Stage::receive: break;
    }
    return "receive";
}

void throw_exception_from_error(Failure const& failure, boost::source_location const&) {
    throw std::runtime_error("no answer: " + std::string(name(failure.stage)));
}

Outcome<HttpsClient> HttpsClient::make(ClientOptions options) {
    auto settings = std::make_shared<Settings>();
    settings->options = std::move(options);
    ssl::context& tls = settings->tls;
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    std::string const ca_file = settings->options.ca_file.string();
    error_code ec;
    if (ca_file.empty())
        tls.set_default_verify_paths(ec);
    else
        tls.load_verify_file(ca_file, ec);
    if (ec) {
        Fault refused =
            fault(problem::internal, "The CA file " + ca_file + " holds no readable PEM certificate",
                  "CA 文件 " + ca_file + " 不含可读取的 PEM 证书");
        refused.cause = ec.message();
        return refused;
    }
    return HttpsClient(std::move(settings));
}

awaitable<Exchange> HttpsClient::request(Call call) const {
    auto const settings = settings_;  // the client may go before its call comes back
    auto const url = parse_https_url(call.url);
    if (!url) co_return Failure{.stage = Stage::url, .cause = "not an https URL"};
    auto const request = make_request(call, *url, settings->options.user_agent);
    if (!request) co_return Failure{.stage = Stage::url, .cause = "a header value with a line break"};

    auto const lookup = co_await resolve(*url, call.deadline);
    if (lookup->ec) co_return failed(Stage::resolve, lookup->ec);
    if (late(call)) co_return failed(Stage::resolve, beast::error::timeout);

    // A stream is used for one attempt only: after an expired one it is in no state to be used again.
    Stream stream(co_await asio::this_coro::executor, settings->tls);
    if (!expect_host(stream, url->host)) co_return Failure{.stage = Stage::url, .cause = "not a host name"};
    auto& transport = beast::get_lowest_layer(stream);
    transport.expires_at(call.deadline);
    auto const [connect_ec, peer] = co_await transport.async_connect(lookup->found, tuple_awaitable);
    if (connect_ec) co_return failed(Stage::connect, connect_ec);
    transport.socket().set_option(tcp::no_delay(true));

    transport.expires_at(call.deadline);
    auto const [handshake_ec] = co_await stream.async_handshake(ssl::stream_base::client, tuple_awaitable);
    if (handshake_ec) co_return failed(Stage::handshake, handshake_ec);
    if (late(call)) co_return failed(Stage::handshake, beast::error::timeout);
    co_return co_await converse(stream, call, *request, settings->options.max_answer);
}

Exchange HttpsClient::request_blocking(Call call) const {
    asio::io_context io(1);
    std::optional<Exchange> answer;
    std::exception_ptr thrown;
    asio::co_spawn(io, request(std::move(call)), [&](std::exception_ptr e, Exchange exchange) {
        thrown = e;
        answer = std::move(exchange);
    });
    while (!answer && io.run_one() != 0) {
    }  // not run(): a lookup that is still out would hold it back
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*answer);
}

}  // namespace sponsio::client
