#pragma once

#include "server/http/request.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sponsio::http {

/// Beast's HTTP/1 parser, writing straight into a Request instead of a list of nodes, one parser per message.
/// Stricter where a proxy in front might read a message differently: one Content-Length of digits only, no
/// transfer coding but a single "chunked" and never beside a length, exactly one Host.
class RequestParser final : public boost::beast::http::basic_parser<true> {
  public:
    RequestParser(Request& request, std::size_t header_limit);

    /// Sets the destination of body pieces and the largest number of bytes in all.
    void body_to(std::string& sink, std::uint64_t limit) noexcept;
    /// Reads the rest of the body without keeping it.
    void discard_body(std::uint64_t limit) noexcept;

    [[nodiscard]] bool has_body() { return chunked() || content_length().value_or(0) > 0; }

    [[nodiscard]] std::uint64_t body_bytes() const noexcept { return body_bytes_; }

    /// The fault to answer for refused input.
    [[nodiscard]] Fault refusal(boost::beast::error_code const& ec) const;

  private:
    using error_code = boost::beast::error_code;
    using text = boost::beast::string_view;
    using field = boost::beast::http::field;

    void on_request_impl(boost::beast::http::verb verb, text method, text target, int version,
                         error_code& ec) override;

    void on_response_impl(int, text, int, error_code&) override {}

    void on_field_impl(field id, text name, text value, error_code& ec) override;
    void on_header_impl(error_code& ec) override;
    void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code& ec) override;
    std::size_t on_body_impl(text piece, error_code& ec) override;

    void on_chunk_header_impl(std::uint64_t, text, error_code&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, text piece, error_code& ec) override {
        return on_body_impl(piece, ec);
    }

    void on_finish_impl(error_code&) override {}

    /// False once the header has grown past its limit, however small the pieces.
    bool within_header_limit(std::size_t bytes) noexcept;

    Request& request_;
    std::size_t header_limit_;
    std::size_t header_left_;
    bool header_done_ = false;
    bool has_host_ = false;
    bool has_framing_ = false;  // a Content-Length or a Transfer-Encoding
    std::string* sink_ = nullptr;
    std::uint64_t body_limit_ = 0;
    std::uint64_t body_bytes_ = 0;
};

/// The number of bytes of empty lines before a request line, which old clients may send (RFC 9112 §2.2).
[[nodiscard]] std::size_t empty_lines(std::string_view text) noexcept;

/// A 413 that states the limit.
[[nodiscard]] Fault body_too_large(std::uint64_t limit);
/// A 431 that states the limit.
[[nodiscard]] Fault header_too_large(std::size_t limit);

}  // namespace sponsio::http
