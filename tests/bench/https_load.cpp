// A load of POST requests over HTTPS: `connections` clients, each sending its next request when the last was
// answered. Prints one JSON object: requests, refused, seconds, p50_us, p99_us.

#include "crypto/json.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using std::chrono::steady_clock;

struct Options {
    std::string host = "127.0.0.1", port, path = "/v1/commitments", token, bodies, run = "run";
    unsigned connections = 64, seconds = 10, expect = 201;
};

struct Load {
    Options options;
    std::vector<std::string> bodies{};
    asio::ssl::context tls{asio::ssl::context::tls_client};
    std::size_t next = 0;
    std::size_t refused = 0;
    std::vector<std::int64_t> microseconds{};
    steady_clock::time_point end{};
};

http::request<http::string_body> request(Load& load) {
    std::size_t const n = load.next++;
    http::request<http::string_body> message{http::verb::post, load.options.path, 11};
    message.set(http::field::host, load.options.host);
    message.set(http::field::authorization, "Bearer " + load.options.token);
    message.set(http::field::content_type, "application/json");
    message.set("Idempotency-Key", load.options.run + "-" + std::to_string(n));
    message.body() = load.bodies[n % load.bodies.size()];
    message.prepare_payload();
    return message;
}

asio::awaitable<void> client(Load& load) {
    auto const executor = co_await asio::this_coro::executor;
    tcp::resolver resolver(executor);
    auto const where =
        co_await resolver.async_resolve(load.options.host, load.options.port, asio::use_awaitable);
    asio::ssl::stream<tcp::socket> stream(executor, load.tls);
    co_await asio::async_connect(stream.next_layer(), where, asio::use_awaitable);
    stream.next_layer().set_option(tcp::no_delay(true));
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    boost::beast::flat_buffer buffer;
    while (steady_clock::now() < load.end) {
        auto const message = request(load);
        auto const begin = steady_clock::now();
        co_await http::async_write(stream, message, asio::use_awaitable);
        http::response<http::string_body> answer;
        co_await http::async_read(stream, buffer, answer, asio::use_awaitable);
        auto const took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin);
        if (answer.result_int() == load.options.expect) {
            load.microseconds.push_back(took.count());
        } else if (load.refused++ == 0) {
            std::cerr << "first refusal: " << answer.result_int() << " " << answer.body() << "\n";
        }
    }
}

std::int64_t percentile(std::vector<std::int64_t> const& sorted, unsigned percent) {
    return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)];
}

int run(Options const& options) {
    Load load{.options = options};
    std::ifstream file(options.bodies);
    for (std::string line; std::getline(file, line);) load.bodies.push_back(line);
    if (load.bodies.empty()) {
        std::cerr << "https_load: no bodies in " << options.bodies << "\n";
        return 1;
    }
    asio::io_context io(1);
    auto const begin = steady_clock::now();
    load.end = begin + std::chrono::seconds(options.seconds);
    for (unsigned i = 0; i != options.connections; ++i)
        asio::co_spawn(io, client(load), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
    io.run();
    std::chrono::duration<double, std::milli> const took = steady_clock::now() - begin;
    std::ranges::sort(load.microseconds);
    std::cout << sponsio::crypto::write_json(
                     sponsio::crypto::Object{{"requests", load.microseconds.size()},
                                             {"refused", load.refused},
                                             {"milliseconds", static_cast<std::int64_t>(took.count())},
                                             {"p50_us", percentile(load.microseconds, 50)},
                                             {"p99_us", percentile(load.microseconds, 99)}})
              << "\n";
    return load.refused == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Sends POST requests over HTTPS and measures"};
    app.add_option("--port", options.port)->required();
    app.add_option("--path", options.path);
    app.add_option("--token", options.token)->required();
    app.add_option("--bodies", options.bodies, "File with one JSON body a line")->required();
    app.add_option("--run", options.run, "Makes the Idempotency-Keys of this run its own");
    app.add_option("--connections", options.connections);
    app.add_option("--seconds", options.seconds);
    CLI11_PARSE(app, argc, argv);
    try {
        return run(options);
    } catch (std::exception const& error) {
        std::cerr << "https_load: " << error.what() << "\n";
        return 1;
    }
}
