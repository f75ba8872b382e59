#include "server/http/worker.hpp"

#include "server/base/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace sponsio::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// Logs an exception, which asio::detached would swallow.
void report(std::exception_ptr thrown) {
    if (thrown) log::error("http.connection_failed");
}

/// Tells the doorman that a guest is gone, whatever became of the connection.
struct Leaving {
    Doorman& doorman;
    std::shared_ptr<Guest> const& guest;

    ~Leaving() { doorman.leave(guest); }
};

/// A timeout is noticed at most a quarter of its length late.
milliseconds sweep_interval(Timeouts const& t) {
    milliseconds const least = std::min({t.handshake, t.idle, t.header, t.body, t.write, t.linger});
    return std::clamp(least / 4, milliseconds(1), milliseconds(250));
}

}  // namespace

Server::Worker::Worker(Shared& shared)
    : shared_(shared),
      lane_{.options = shared.options,
            .router = shared.router,
            .recorder = Recorder(shared.router, shared.metrics, shared.options.access_log),
            .in_flight = shared.in_flight,
            .room = shared.room,
            .requests = shared.requests,
            .bodies = shared.bodies,
            .rates = shared.rates,
            .handshakes = shared.handshakes.get_executor()} {}

void Server::Worker::listen(tcp::endpoint const& at) {
    acceptor_.open(at.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.set_option(ReusePort(true));
    acceptor_.bind(at);
    acceptor_.listen(1024);
}

void Server::Worker::start() {
    asio::co_spawn(io_, accept(), report);
    asio::co_spawn(io_, sweep(), report);
    thread_ = std::thread([this] { run(); });
}

void Server::Worker::run() {
    for (bool ended = false; !ended;) {
        try {
            io_.run();
            ended = true;
        } catch (std::exception const&) {
            log::error("http.thread_exception");
        }
    }
    std::lock_guard const lock(shared_.mutex);
    --shared_.running;
    shared_.ended.notify_all();
}

awaitable<void> Server::Worker::accept() {
    while (acceptor_.is_open()) {
        auto [ec, socket] = co_await acceptor_.async_accept(tuple_awaitable);
        if (!ec) {
            if (std::exchange(out_of_files_, false)) log::info("http.accepts_again");
            admit(std::move(socket));
        } else if (acceptor_.is_open()) {
            // Most likely out of file descriptors: an immediate retry would only spin. Pending connections
            // stay in the kernel's queue meanwhile.
            lane_.recorder.refused("accept");
            if (!std::exchange(out_of_files_, true))
                log::error("http.accept_failed", {{log::Key::cause, ec.message()}});
            asio::steady_timer pause(io_, milliseconds(50));
            co_await pause.async_wait(tuple_awaitable);
        }
    }
}

void Server::Worker::admit(tcp::socket socket) {
    boost::system::error_code ec;
    auto const peer = socket.remote_endpoint(ec);
    if (ec) return;  // gone already
    auto tls = shared_.present_tls();
    auto entered = shared_.doorman.enter(network_of(peer.address()), io_.get_executor(), tls != nullptr);
    if (!entered.why.empty()) lane_.recorder.refused(entered.why);
    if (!entered.guest) return;  // closed by the destructor
    asio::co_spawn(
        io_, serve(std::move(socket), peer.address().to_string(), std::move(entered.guest), std::move(tls)),
        report);
}

awaitable<void> Server::Worker::serve(tcp::socket socket, std::string peer, std::shared_ptr<Guest> guest,
                                      std::shared_ptr<TlsContext const> tls) {
    Leaving const leaving{shared_.doorman, guest};
    auto const connection = live_.emplace(
        live_.end(), lane_, Stream(std::move(socket), tls ? tls->native() : nullptr), std::move(peer), guest);
    tls.reset();  // the stream keeps what it needs of it
    guest->connection = &*connection;
    std::exception_ptr thrown;
    try {
        if (!guest->gave_way) co_await connection->run();
    } catch (...) {
        thrown = std::current_exception();
    }
    guest->connection = nullptr;
    live_.erase(connection);
    if (lane_.draining && live_.empty()) sweep_timer_.cancel();
    if (thrown) std::rethrow_exception(thrown);
}

/// Looks at every deadline a few times a second: cheaper than setting and cancelling a timer per read.
awaitable<void> Server::Worker::sweep() {
    auto const interval = sweep_interval(shared_.options.timeouts);
    while (!lane_.draining || !live_.empty()) {
        sweep_timer_.expires_after(interval);
        co_await sweep_timer_.async_wait(tuple_awaitable);
        auto const now = steady_clock::now();
        for (Connection& connection : live_) connection.check_deadline(now);
    }
}

void Server::Worker::drain() {
    asio::post(io_, [this] { begin_to_drain(); });
}

void Server::Worker::begin_to_drain() {
    if (std::exchange(lane_.draining, true)) return;
    accept_waiting();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (Connection& connection : live_) connection.drain();
    sweep_timer_.cancel();
}

/// Closing the listener would reset connections that the kernel has already completed, so accept those first.
void Server::Worker::accept_waiting() {
    boost::system::error_code ec;
    acceptor_.non_blocking(true, ec);
    while (!ec) {
        tcp::socket socket = acceptor_.accept(io_, ec);
        if (!ec) admit(std::move(socket));
    }
}

void Server::Worker::cut() {
    asio::post(io_, [this] {
        for (Connection& connection : live_) connection.cut();
    });
}

void Server::Worker::join() {
    if (thread_.joinable()) thread_.join();
}

}  // namespace sponsio::http
