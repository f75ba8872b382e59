#include "server/api/pool_file.hpp"

#include "server/api/accept.hpp"

namespace sponsio::api {
namespace {

constexpr http::Literal text_type = "text/plain; charset=utf-8";

/// The limit for reading each piece from the database.
constexpr std::chrono::seconds piece_budget{10};

awaitable<void> send(PoolPiece const piece, http::BodyWriter& out) {
    for (int number = 1;; ++number) {
        auto const next = co_await piece(number, std::chrono::steady_clock::now() + piece_budget);
        if (!next.value() || !co_await out.write(**next)) co_return;
    }
}

}  // namespace

Response pool_file(Request const& request, crypto::Digest const& digest, PoolPiece piece,
                   std::string_view cache_control) {
    std::string const etag = "\"" + to_hex(digest).substr(0, 32) + "\"";
    Response response;
    if (has_already(request, etag)) {
        response = http::empty_response(304);
    } else {
        response.content_type = text_type;
        response.stream = [piece = std::move(piece)](http::BodyWriter& out) { return send(piece, out); };
    }
    response.set("ETag", etag);
    response.set("Cache-Control", std::string(cache_control));
    return response;
}

}  // namespace sponsio::api
