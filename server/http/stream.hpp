#pragma once

#include "server/http/request.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace sponsio::http {

inline constexpr auto tuple_awaitable = boost::asio::as_tuple(boost::asio::use_awaitable);

/// The bytes of one connection, TLS or plain. OpenSSL works on the socket itself: asio::ssl::stream keeps
/// four 17 KiB buffers for every open connection and copies through them; this keeps none while idle. All
/// calls return at once; only `wait` suspends. Used by one thread.
class Stream {
  public:
    enum class Step : unsigned char { done, want_read, want_write, closed, failed };

    struct Io {
        Step step;
        std::size_t bytes = 0;
    };

    /// Plain if `tls` is null.
    Stream(boost::asio::ip::tcp::socket socket, ssl_ctx_st* tls);

    [[nodiscard]] Io handshake();
    [[nodiscard]] Io read(std::span<char> into);
    [[nodiscard]] Io write(std::string_view bytes);
    /// Reads raw bytes off the socket, undeciphered, to be thrown away.
    [[nodiscard]] Io discard(std::span<char> into);

    /// Waits until the socket is ready for that step. Returns false if cancelled, cut or broken.
    [[nodiscard]] awaitable<bool> wait(Step wanted);
    /// Waits until the socket can be read or written.
    [[nodiscard]] awaitable<bool> wait_either();

    /// Whether bytes were received that `read` has not handed out yet.
    [[nodiscard]] bool has_pending() const;

    [[nodiscard]] bool is_tls() const noexcept { return tls_ != nullptr; }

    /// Whether the handshake failed because the peer spoke HTTP without TLS.
    [[nodiscard]] bool spoke_http() const noexcept { return spoke_http_; }

    /// Continues without TLS, for a peer that spoke HTTP.
    void go_plain();

    [[nodiscard]] bool is_open() const { return socket_.is_open(); }

    /// Ends a `wait`, which then returns false.
    void cancel();
    /// Closes in order: close_notify, then FIN. Bytes that the peer still sends can be discarded. If it
    /// returns want_write, call it again once the socket can be written to.
    [[nodiscard]] Step finish();
    void close();

  private:
    struct FreeSsl {
        void operator()(ssl_st* ssl) const noexcept;
    };

    [[nodiscard]] Io outcome(int result, std::size_t bytes);

    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<ssl_st, FreeSsl> tls_;
    bool broken_ = false;  // after a fatal error OpenSSL forbids further calls, even SSL_shutdown
    bool spoke_http_ = false;
};

}  // namespace sponsio::http
