#pragma once

#include "server/http/request_parser.hpp"
#include "server/http/response.hpp"
#include "server/http/server.hpp"
#include "server/http/wire.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sponsio::http {

/// The body of one request, read whole or in pieces.
class IncomingBody final : public BodyReader {
  public:
    IncomingBody(Wire& wire, RequestParser& parser, ServerOptions const& options)
        : wire_(wire), parser_(parser), options_(options) {}

    /// Bodies of more than `limit` bytes are refused.
    void begin(std::string& sink, std::uint64_t limit);
    awaitable<Outcome<void>> read_whole();
    awaitable<Outcome<std::string_view>> next() override;
    [[nodiscard]] bool arrived() override;

    /// Whether the rest is so short that reading it is cheaper than a new connection.
    [[nodiscard]] bool worth_finishing() const;
    /// Discards the rest of the body; false on timeout or above the limit.
    awaitable<bool> discard();

    [[nodiscard]] bool ended() const { return parser_.is_done(); }

  private:
    Outcome<bool> parse_arrived();
    awaitable<Outcome<void>> more();

    Wire& wire_;
    RequestParser& parser_;
    ServerOptions const& options_;
    std::string* sink_ = nullptr;
    std::chrono::steady_clock::duration
        waited_{};  // only the time spent waiting for the peer: handlers may take theirs
    bool failed_ = false;
    bool ahead_ = false;             ///< the sink holds what next() will give
    std::optional<Fault> broken_{};  ///< what next() will refuse with
};

/// The body of a streamed response: chunks, or plain bytes for HTTP/1.0.
class OutgoingBody final : public BodyWriter {
  public:
    OutgoingBody(Wire& wire, ServerOptions const& options, BacklogRoom& room, std::string& scratch,
                 bool chunked)
        : wire_(wire), options_(options), backlog_(room), scratch_(scratch), chunked_(chunked) {
        wire_.lend(&backlog_);
    }

    ~OutgoingBody() { wire_.lend(nullptr); }

    OutgoingBody(OutgoingBody const&) = delete;
    OutgoingBody& operator=(OutgoingBody const&) = delete;

    awaitable<bool> write(std::string_view piece) override;
    [[nodiscard]] bool keep(std::string_view piece) override;
    awaitable<bool> finish();

    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  private:
    void frame(std::string_view part);
    awaitable<bool> flush();
    [[nodiscard]] Deadline due(std::size_t bytes) const;

    Wire& wire_;
    ServerOptions const& options_;
    Backlog backlog_;
    std::string& scratch_;
    bool chunked_;
    std::uint64_t bytes_ = 0;
};

/// The deadline for `bytes` in one direction: the timeout plus the time that they take at the slowest rate.
[[nodiscard]] Deadline due_after(Deadline begun, std::chrono::milliseconds timeout, std::uint64_t bytes,
                                 std::size_t slowest_rate);

}  // namespace sponsio::http
