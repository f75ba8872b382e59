#pragma once

#include "server/base/problem.hpp"
#include "server/http/literal.hpp"
#include "server/http/request.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::http {

/// The destination of a streamed response.
class BodyWriter {
  public:
    /// Sends one piece and waits until the peer's window has taken it. Returns false if the peer is gone.
    virtual awaitable<bool> write(std::string_view piece) = 0;

    /// Takes one piece without waiting for the peer, who may send its whole request before it reads. Bytes
    /// that the peer does not take now wait on disk, and are sent while the request's body is awaited and at
    /// the end. Returns false if there is no room, with nothing taken, or if the peer is gone.
    [[nodiscard]] virtual bool keep(std::string_view piece) = 0;

  protected:
    ~BodyWriter() = default;
};

struct Header {
    Literal name;
    std::string value;
};

/// The answer of a handler. Date, Content-Length, Connection and X-Request-Id are added when it is written.
struct Response {
    unsigned status = 200;
    Literal content_type{};
    std::vector<Header> headers{};
    std::string body{};
    std::shared_ptr<std::string const> shared{};  ///< in place of `body`: bytes that many responses share
    /// In place of `body`: called after the header was sent, writes the body in chunks. If it throws, the
    /// connection is cut so that the peer sees the body as incomplete.
    std::function<awaitable<void>(BodyWriter&)> stream{};
    Problem const* problem = nullptr;  ///< for the access line
    std::string cause{};               ///< for the access line only

    /// Adds a field. Throws std::logic_error if the value has a control
    /// character, which could inject a field.
    Response& set(Literal name, std::string value);
};

[[nodiscard]] Response json_response(unsigned status, std::string body);
/// Bytes whose media type is known only at run time, such as evidence.
[[nodiscard]] Response bytes_response(std::string content_type, std::string body);
/// Bytes that are kept and shared between responses, such as a signed record.
[[nodiscard]] Response shared_response(Literal content_type, std::shared_ptr<std::string const> body);
[[nodiscard]] Response empty_response(unsigned status = 204);

/// A problem document (RFC 9457) in the language of the request. That of a 5xx does not tell the cause.
[[nodiscard]] Response problem_response(Fault fault, Request const& request);

}  // namespace sponsio::http
