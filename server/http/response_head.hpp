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

/// Status line and fields, up to and with the empty line.
void append_head(std::string& out, Response const& response, Request const& request, Framing framing,
                 std::string_view date, bool keep_alive);

}  // namespace sponsio::http
