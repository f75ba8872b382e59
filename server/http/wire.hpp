#pragma once

#include "server/base/time.hpp"
#include "server/http/stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>

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
    /// Waits for more bytes in `buffer`.
    awaitable<Got> fill(Deadline due);
    /// As fill, but only what is there already.
    [[nodiscard]] Got fill_now();
    /// All of it. False: the peer is gone or did not take it in time.
    awaitable<bool> send(std::string_view bytes, Deadline due);
    /// Says goodbye, then reads what the peer still sends until it says goodbye too: closing on unread bytes
    /// would reset the connection, and the reset can overtake the answer.
    awaitable<void> part(Deadline due);

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

  private:
    static constexpr std::size_t most_buffered = 65536;
    static constexpr std::size_t small_read = 4096;   // a header and a small body
    static constexpr std::size_t large_read = 16384;  // the largest TLS record
    static constexpr Deadline never = Deadline::max();

    Stream::Step read_some();
    awaitable<bool> wait(Stream::Step wanted, Deadline due);

    Stream stream_;
    boost::beast::flat_buffer buffer_{most_buffered};
    Deadline due_ = never;
    bool expired_ = false;
    bool emptied_ =
        false;  // the last read took all there was: wait before the next instead of asking in vain
    std::size_t read_size_ = small_read;
};

}  // namespace sponsio::http
