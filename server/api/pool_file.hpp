#pragma once

#include "server/api/common.hpp"
#include "text/bytes.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// The files of a draw, which may be a gigabyte: sent piece by piece, so that they need the memory of one
/// piece.
namespace sponsio::api {

/// A piece of the file, counted from 1; nothing after the last one.
using PoolPiece =
    std::function<awaitable<Outcome<std::optional<std::string>>>(int number, Deadline deadline)>;

/// A text file that never changes, with an ETag of its digest.
Response pool_file(Request const& request, crypto::Digest const& digest, PoolPiece piece,
                   std::string_view cache_control);

}  // namespace sponsio::api
