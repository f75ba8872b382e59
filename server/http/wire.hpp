#pragma once

#include "server/base/time.hpp"
#include "server/http/backlog.hpp"
#include "server/http/stream.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>

namespace sponsio::http {

/// A stream with a read buffer and a deadline on each wait. There is no timer per connection: the thread's
/// sweep calls `check` for all of them a few times a second.
class Wire {
  public:
    enum class Got : unsigned char {
        bytes,
        end,  ///< the peer closed or the connection broke
        timeout,
        interrupted,  ///< by `interrupt`, and nothing had come
        full,         ///< no room: what is being parsed exceeds the buffer
    };

    explicit Wire(Stream stream) : stream_(std::move(stream)) {}

    /// Each step, which may cost some milliseconds of arithmetic, is taken `elsewhere`.
    awaitable<bool> handshake(boost::asio::any_io_executor elsewhere, Deadline due);
    /// Waits for more bytes in `buffer`. Meanwhile the backlog is sent as the peer takes it; that time is not
    /// counted against the peer's deadline.
    awaitable<Got> fill(Deadline due);
    /// Reads only the bytes that have arrived; does not wait.
    [[nodiscard]] Got fill_now();
    /// Sends all bytes. Returns false if the peer is gone or did not take them in time.
    awaitable<bool> send(std::string_view bytes, Deadline due);

    /// Sets the backlog that is sent while this wire waits for bytes; null: none. Not owned.
    void lend(Backlog* backlog) noexcept { backlog_ = backlog; }

    /// Sends as much of the backlog as the peer takes now. Returns the number of bytes.
    std::size_t push();

    /// The total time spent waiting for the peer to take the backlog.
    [[nodiscard]] std::chrono::steady_clock::duration taking() const noexcept { return taking_; }

    /// The limits for a peer that goes on sending after the last answer.
    struct Patience {
        std::chrono::milliseconds silence;  ///< without a byte
        std::chrono::milliseconds in_all;
        std::size_t bytes;
    };

    /// Closes in order: says goodbye (TLS close_notify, FIN), then discards incoming bytes until the peer
    /// says goodbye too. Closing on unread bytes would reset the connection, and the reset can overtake the
    /// answer (RFC 9112 §9.6).
    awaitable<void> part(Patience patience);

    /// Limits the goodbye to this time, one in progress included.
    void hurry(std::chrono::milliseconds longest) noexcept;

    /// Gives up the present wait if its deadline has passed.
    void check(Deadline now);

    void interrupt();

    /// Says goodbye and does not wait for an answer.
    void leave();

    void close();

    /// Reads in larger pieces while a large body is expected.
    void expect_body(bool large) noexcept;
    /// Releases large buffers between requests.
    void shrink();

    [[nodiscard]] boost::beast::flat_buffer& buffer() noexcept { return buffer_; }

    [[nodiscard]] Stream const& stream() const noexcept { return stream_; }

    /// Continues without TLS.
    void go_plain() { stream_.go_plain(); }

  private:
    static constexpr std::size_t most_buffered = 65536;
    static constexpr std::size_t small_read = 4096;   // a header and a small body
    static constexpr std::size_t large_read = 16384;  // the largest TLS record
    static constexpr Deadline never = Deadline::max();

    Stream::Step read_some();
    awaitable<bool> wait(Stream::Step wanted, Deadline due);
    awaitable<bool> wait_either(Deadline due);

    Stream stream_;
    boost::beast::flat_buffer buffer_{most_buffered};
    Backlog* backlog_ = nullptr;
    std::chrono::steady_clock::duration taking_{};
    bool away_ = false;  // another thread has the stream
    bool cut_ = false;   // and it is to be closed when it is back
    bool deaf_ = false;  // the peer took nothing more: its connection broke while the backlog went out
    Deadline due_ = never;
    std::chrono::milliseconds longest_goodbye_ = std::chrono::milliseconds::max();
    Deadline parted_by_ = never;
    bool expired_ = false;
    bool emptied_ =
        false;  // the last read took all there was: wait before the next instead of asking in vain
    std::size_t read_size_ = small_read;
};

}  // namespace sponsio::http
