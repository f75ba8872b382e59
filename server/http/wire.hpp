#pragma once

#include "server/base/time.hpp"
#include "server/http/backlog.hpp"
#include "server/http/stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>

namespace sponsio::http {

/// A stream with the bytes that were read ahead and a deadline on whatever it waits for. There is no timer
/// per connection: the thread's sweep calls `check` for all of them a few times a second.
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

    awaitable<bool> handshake(Deadline due);
    /// Waits for more bytes in `buffer`. Meanwhile a backlog goes out as the peer takes it; the time it takes
    /// is none of the peer's.
    awaitable<Got> fill(Deadline due);
    /// As fill, but only what is there already.
    [[nodiscard]] Got fill_now();
    /// All of it. False: the peer is gone or did not take it in time.
    awaitable<bool> send(std::string_view bytes, Deadline due);

    /// What is in the backlog goes out while this wire waits for bytes; null: nothing does. Not owned.
    void lend(Backlog* backlog) noexcept { backlog_ = backlog; }

    /// Sends of the backlog what the peer takes now. How many bytes.
    std::size_t push();

    /// How long the peer was waited for while it was taking the backlog, in all.
    [[nodiscard]] std::chrono::steady_clock::duration taking() const noexcept { return taking_; }

    /// How long and how much a peer that sends may go on after the last answer.
    struct Patience {
        std::chrono::milliseconds silence;  ///< without a byte
        std::chrono::milliseconds in_all;
        std::size_t bytes;
    };

    /// Says goodbye, then throws away what the peer still sends until it says goodbye too: closing on unread
    /// bytes would reset the connection, and the reset can overtake the answer (RFC 9112 §9.6).
    awaitable<void> part(Patience patience);

    /// From now on no goodbye lasts longer than this, the present one included.
    void hurry(std::chrono::milliseconds longest) noexcept;

    /// Gives up the present wait if its deadline has passed.
    void check(Deadline now);

    void interrupt() { stream_.cancel(); }

    /// Says goodbye and does not wait for an answer.
    void leave();

    void close() { stream_.close(); }

    /// Reads in larger pieces while much is to come.
    void expect_body(bool large) noexcept;
    /// Keeps no large buffer between requests.
    void shrink();

    [[nodiscard]] boost::beast::flat_buffer& buffer() noexcept { return buffer_; }

    [[nodiscard]] Stream const& stream() const noexcept { return stream_; }

    /// From here on without TLS.
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
