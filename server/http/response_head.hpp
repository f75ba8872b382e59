#pragma once

#include "server/http/response.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sponsio::http {

/// How the end of a response's body is marked.
enum class Framing : std::uint8_t { none, length, chunked, until_close };

[[nodiscard]] Framing framing_of(Response const& response, Request const& request);

/// The bytes of the body, from `body` or `shared`.
[[nodiscard]] std::string_view body_of(Response const& response);

/// How a response goes out.
struct Sending {
    Framing framing;
    std::string_view date;
    bool keep_alive;
    bool tls;
};

/// Status line and fields, up to and with the empty line: those of the response, and those that every answer
/// has. It is not stored by caches, loads nothing and stands in no frame, unless the response says otherwise.
void append_head(std::string& out, Response const& response, Request const& request, Sending const& how);

}  // namespace sponsio::http
