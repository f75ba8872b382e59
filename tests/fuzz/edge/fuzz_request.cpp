#include "server/http/request_parser.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace sponsio;

constexpr std::size_t header_limit = 8192, body_limit = 65536;

/// What a request is taken for.
struct Read {
    bool done = false;
    http::Method method{};
    std::string path{}, body{};
    std::size_t fields = 0, used = 0;

    bool operator==(Read const&) const = default;
};

/// As a connection reads it, when the bytes come in pieces of that size.
Read read_in_pieces(std::string_view bytes, std::size_t piece) {
    http::Request request;
    http::RequestParser parser(request, header_limit);
    Read read;
    std::string buffer;
    std::size_t at = 0;
    while (!parser.is_done()) {
        std::size_t used = 0;
        if (!buffer.empty()) {
            bool const header_done = parser.is_header_done();
            boost::beast::error_code ec;
            used = parser.put(boost::asio::buffer(buffer), ec);
            buffer.erase(0, used);
            read.used += used;
            if (ec && ec != boost::beast::http::error::need_more) {
                Fault const refused = parser.refusal(ec);
                if (refused.problem->status < 400 || refused.detail.en.empty()) std::abort();
                return {};
            }
            if (!header_done && parser.is_header_done()) parser.body_to(read.body, body_limit);
        }
        if (used != 0) continue;
        if (at == bytes.size()) return {};
        buffer.append(bytes.substr(at, piece));
        at += std::min(piece, bytes.size() - at);
    }
    if (request.headers.bytes() > header_limit || read.body.size() > body_limit) std::abort();
    read.done = true;
    read.method = request.method;
    read.path = request.target.path();
    read.fields = request.headers.size();
    return read;
}

}  // namespace

/// However the bytes arrive, they are the same request with the same end, or none.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    Read const whole = read_in_pieces(bytes, std::max<std::size_t>(size, 1));
    for (std::size_t const piece : {std::size_t{1}, std::size_t{7}}) {
        Read const pieces = read_in_pieces(bytes, piece);
        if (whole.done && pieces.done && pieces != whole) std::abort();
    }
    return 0;
}
