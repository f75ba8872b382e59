#pragma once

#include "server/base/fault.hpp"
#include "server/base/metrics.hpp"
#include "server/http/router.hpp"
#include "server/http/tls.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace sponsio::http {

struct Limits {
    std::size_t header = 8192;       ///< bytes of request line and fields; more is 431
    std::size_t connections = 4096;  ///< of the connections beyond, some are answered with 503
    std::size_t turned_away = 64;    ///< that many are; further ones are closed as soon as they are accepted
    /// Of these, one network may have so many, and begin so many handshakes a second.
    std::size_t per_network = 1024;
    Rate handshakes{200};
    std::size_t in_flight = 1024;        ///< requests being answered; more are 503 before their body is read
    std::size_t in_flight_of_one = 768;  ///< of these, of one organisation, or of one network without a token
    /// Memory for bodies that are arriving and answers that are being read: in all, and of one account, or
    /// one network without a token.
    std::size_t bodies = std::size_t{256} << 20;
    std::size_t bodies_of_one = std::size_t{64} << 20;
    std::size_t slowest_rate = 16384;  ///< bytes/s a body or response may take beyond its timeout
    std::size_t leftover = 65536;      ///< of an unread body worth reading to keep the connection
    std::size_t lingering = std::size_t{64} << 20;  ///< bytes a peer may go on sending after its last answer
    /// Bytes of answers kept on disk for peers that send before they read: per request, and in all.
    std::size_t backlog = std::size_t{512} << 20;
    std::size_t backlogs = std::size_t{2} << 30;
};

struct Timeouts {
    std::chrono::milliseconds handshake{5000};
    std::chrono::milliseconds idle{60000};   ///< between requests
    std::chrono::milliseconds header{5000};  ///< from the first byte of a request to the end of its header
    std::chrono::milliseconds body{10000};   ///< plus the time its size takes at the slowest rate
    std::chrono::milliseconds write{10000};  ///< plus the time its size takes at the slowest rate
    /// The wait for the peer to read the answer to a request that was cut short: without a byte, and in all.
    std::chrono::milliseconds linger{2000};
    std::chrono::milliseconds linger_in_all{30000};
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free one
    unsigned io_threads = 2;
    Limits limits{};
    Timeouts timeouts{};
    Rates rates{};
    bool access_log = true;
    std::filesystem::path temporary = std::filesystem::temp_directory_path();  ///< for answers kept on disk
};

/// HTTP/1.1 over TLS, or plain if there is no TlsContext. `io_threads` threads, each with its own io_context,
/// acceptor and connections: nothing of a connection is ever touched by two threads.
class Server {
  public:
    /// `metrics` may be null; it must outlive the server, as must everything that the handlers refer to.
    Server(ServerOptions options, Router router, std::shared_ptr<TlsContext const> tls, Metrics* metrics);
    ~Server();  ///< drain(0)
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    /// Binds and begins to accept. Refused with a sentence if the address cannot be bound.
    Outcome<void> start();
    [[nodiscard]] std::uint16_t port() const;

    /// Sets the certificate of connections accepted from now on; open ones keep theirs. May be called from
    /// any thread. Only for a server that was made with TLS.
    void use(std::shared_ptr<TlsContext const> tls);
    /// Whether each thread runs a posted task within that time, which a handler that never returns would
    /// prevent. Blocks; not to be called from a handler.
    [[nodiscard]] bool goes_round(std::chrono::milliseconds within);

    /// Stops accepting, closes idle connections and answers the requests in flight with `Connection: close`.
    /// After `grace` the remaining connections are cut, though a running handler still runs to its end. Then
    /// the threads are joined. Returns true if nothing had to be cut. Blocks; not
    /// to be called from a handler.
    bool drain(std::chrono::milliseconds grace);

  private:
    struct Shared;
    class Worker;
    std::unique_ptr<Shared> shared_;
    std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace sponsio::http
