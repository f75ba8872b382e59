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

/// Where a streamed response is written to.
class BodyWriter {
  public:
    /// Sends one piece and waits until the peer's window has taken it. False: the peer is gone, stop.
    virtual awaitable<bool> write(std::string_view piece) = 0;

    /// Takes one piece without waiting for the peer, who may send all of its request before it reads: what it
    /// does not take now waits on disk, and goes out while the request's body is waited for and at the end.
    /// False: there is no room, and nothing of the piece was taken; or the peer is gone.
    [[nodiscard]] virtual bool keep(std::string_view piece) = 0;

  protected:
    ~BodyWriter() = default;
};

struct Header {
    Literal name;
    std::string value;
};

/// What a handler answers. Date, Content-Length, Connection and X-Request-Id are added when it is written.
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

    /// Adds a field. Throws std::logic_error if the value holds a control character: it would be another
    /// field.
    Response& set(Literal name, std::string value);
};

[[nodiscard]] Response json_response(unsigned status, std::string body);
/// Bytes of a type that is only known when they are read, such as evidence.
[[nodiscard]] Response bytes_response(std::string content_type, std::string body);
/// Bytes that are kept and shared between responses, such as a signed record.
[[nodiscard]] Response shared_response(Literal content_type, std::shared_ptr<std::string const> body);
[[nodiscard]] Response empty_response(unsigned status = 204);

/// RFC 9457, in the language of the request. A 5xx says nothing of its cause.
[[nodiscard]] Response problem_response(Fault fault, Request const& request);

}  // namespace sponsio::http
