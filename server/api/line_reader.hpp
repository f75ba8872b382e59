#pragma once

#include "server/http/request.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace sponsio::api {

/// Reads the lines of a body that is still arriving (NDJSON). Each ends with a line feed, the last one
/// perhaps with the body. A line that is too long is skipped to its end and reported.
class LineReader {
  public:
    LineReader(http::BodyReader& body, std::size_t longest) : body_(body), longest_(longest) {}

    enum class Got : unsigned char { line, too_long, end };

    /// Waits for the next line, which line() returns until the next call. Refused as the body's next() is.
    http::awaitable<Outcome<Got>> next();

    [[nodiscard]] std::string_view line() const noexcept { return line_; }

    /// Discards the rest of the body.
    http::awaitable<Outcome<void>> skip_rest();

    /// Whether next() would answer without waiting for the peer.
    [[nodiscard]] bool ready();

  private:
    [[nodiscard]] bool has_line() const { return buffer_.find('\n', at_) != std::string::npos; }

    Got take(std::size_t end, std::size_t next);
    void append(std::string_view piece);

    http::BodyReader& body_;
    std::size_t longest_;
    std::string buffer_;
    std::size_t at_ = 0;     ///< where the next line begins
    bool skipping_ = false;  ///< inside a line that is too long
    bool ended_ = false;
    std::string_view line_;
};

}  // namespace sponsio::api
