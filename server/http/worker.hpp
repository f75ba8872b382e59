#pragma once

#include "server/http/connection.hpp"
#include "server/http/doorman.hpp"
#include "server/http/lane.hpp"
#include "server/http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace sponsio::http {

/// The state that the threads of one server share.
struct Server::Shared {
    ServerOptions options;
    Router router;
    Metrics* metrics;
    BacklogRoom room{};
    Doorman doorman{options.limits};
    Budget requests{options.limits.in_flight, options.limits.in_flight_of_one};
    Budget bodies{options.limits.bodies, options.limits.bodies_of_one};
    RateLimiter rates{options.rates};
    boost::asio::thread_pool handshakes{1};
    std::atomic<std::size_t> in_flight{0};
    std::mutex mutex{};
    std::condition_variable ended{};
    // Guarded by `mutex`:
    std::shared_ptr<TlsContext const> tls;
    std::size_t running = 0;  ///< threads

    [[nodiscard]] std::shared_ptr<TlsContext const> present_tls() {
        std::lock_guard const lock(mutex);
        return tls;
    }
};

/// One thread with its own io_context, acceptor and connections. It ends by itself after drain, when its last
/// connection is gone: the io_context is never stopped under a coroutine.
class Server::Worker {
  public:
    explicit Worker(Shared& shared);

    /// Throws boost::system::system_error.
    void listen(boost::asio::ip::tcp::endpoint const& at);

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    void start();

    // May be called from any thread:
    template <class Job>
    void post(Job job) {
        boost::asio::post(io_, std::move(job));
    }

    void drain();
    void cut();
    void join();

  private:
    void run();
    awaitable<void> accept();
    awaitable<void> serve(boost::asio::ip::tcp::socket socket, std::string peer, std::shared_ptr<Guest> guest,
                          std::shared_ptr<TlsContext const> tls);
    awaitable<void> sweep();
    void admit(boost::asio::ip::tcp::socket socket);
    void accept_waiting();
    void begin_to_drain();

    Shared& shared_;
    boost::asio::io_context io_{1};
    boost::asio::ip::tcp::acceptor acceptor_{io_};
    boost::asio::steady_timer sweep_timer_{io_};
    Lane lane_;
    bool out_of_files_ = false;  // or of what else an accept needs
    std::list<Connection> live_;
    std::thread thread_;
};

}  // namespace sponsio::http
