#include "server/http/response_head.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sponsio::http {
namespace {

void append_decimal(std::string& out, std::uint64_t value) {
    char text[20];
    auto const end = std::to_chars(text, text + sizeof text, value);
    out.append(text, end.ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

/// What an answer says of itself where its handler says nothing else.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> unless_said{{
    {"X-Content-Type-Options", "nosniff"},
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
}};
/// A year, which is the least that lists of such sites take.
constexpr std::string_view only_tls = "max-age=31536000";

bool says(Response const& response, std::string_view name) {
    return std::ranges::any_of(
        response.headers, [name](Header const& header) { return std::string_view(header.name) == name; });
}

}  // namespace

std::string_view body_of(Response const& response) {
    return response.shared ? std::string_view(*response.shared) : std::string_view(response.body);
}

Framing framing_of(Response const& response, Request const& request) {
    if (response.status < 200 || response.status == 204 || response.status == 304) return Framing::none;
    if (!response.stream) return Framing::length;
    return request.version >= 11 ? Framing::chunked : Framing::until_close;
}

void append_head(std::string& out, Response const& response, Request const& request, Sending const& how) {
    auto const status = boost::beast::http::int_to_status(response.status);
    out.append("HTTP/1.1 ");
    append_decimal(out, response.status);
    out.append(" ").append(boost::beast::http::obsolete_reason(status)).append("\r\n");
    append_field(out, "Date", how.date);
    append_field(out, "X-Request-Id", request.id());
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    for (Header const& header : response.headers) append_field(out, header.name, header.value);
    for (auto const& [name, value] : unless_said)
        if (!says(response, name)) append_field(out, name, value);
    if (how.tls) append_field(out, "Strict-Transport-Security", only_tls);
    if (how.framing == Framing::length) {
        out.append("Content-Length: ");
        append_decimal(out, body_of(response).size());
        out.append("\r\n");
    }
    if (how.framing == Framing::chunked) append_field(out, "Transfer-Encoding", "chunked");
    if (!how.keep_alive)
        append_field(out, "Connection", "close");
    else if (request.version < 11)
        append_field(out, "Connection", "keep-alive");
    out.append("\r\n");
}

}  // namespace sponsio::http
