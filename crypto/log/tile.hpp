#pragma once

#include "crypto/log/merkle.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A log in tile form (C2SP tlog-tiles, "Merkle Tree" and "Log entries"): rows of up to 256 neighbouring
/// hashes, and bundles of the entries under a row of leaf hashes.
namespace sponsio::crypto {

/// The words of tile errors, in Error::code.
namespace tile_error {
inline constexpr std::string_view missing = "missing_tile";
inline constexpr std::string_view wrong_length = "wrong_tile_length";  ///< not 32 bytes for every hash
inline constexpr std::string_view bad_bundle = "bad_bundle";           ///< a length leads beyond its end
inline constexpr std::string_view out_of_range = "log_too_large";      ///< beyond max_log_size
}  // namespace tile_error

inline constexpr unsigned tile_height = 8;
inline constexpr unsigned tile_width = 256;
inline constexpr unsigned tile_levels = 6;
inline constexpr std::uint64_t max_log_size =
    (std::uint64_t{1} << (tile_height * tile_levels)) - 1;  ///< leaves
inline constexpr std::size_t max_entry_size = 65'535;       ///< bytes

/// The hashes [index * 256, index * 256 + width) of a level. Those of level 0 are leaf hashes, each of level
/// l is the node of level 8 * l over one full tile of the level below.
struct TileId {
    unsigned level = 0;
    std::uint64_t index = 0;
    unsigned width = tile_width;

    auto operator<=>(TileId const&) const = default;
};

/// The path of a tile or bundle below a log's URL prefix: "tile/0/x001/234", "tile/1/005.p/17",
/// "tile/entries/000".
struct TilePath {
    bool entries = false;  ///< the bundle of entries under the tile, which is of level 0
    TileId tile;

    [[nodiscard]] std::string text() const;
    /// Accepts exactly the spelling of text(), for tiles that a log of at most max_log_size can have.
    static std::optional<TilePath> parse(std::string_view text);

    auto operator<=>(TilePath const&) const = default;
};

/// The width of that tile in a tree of that size: 256, less at the right edge, 0 if the tree lacks it.
unsigned tile_width_at(unsigned level, std::uint64_t index, std::uint64_t tree_size);

/// The tile of a tree of that size that yields the node. Throws Failure if the tree does not have the node.
TileId tile_of(NodeId node, std::uint64_t tree_size);

/// The node, computed from a tile's bytes. Nothing when the node is not in this tile or the bytes are not
/// `width` hashes.
std::optional<Digest> node_in_tile(TileId tile, ByteView hashes, NodeId node);

/// Appends an entry with its length, a big-endian uint16, in front. Throws Failure beyond max_entry_size.
void append_entry(Bytes& bundle, ByteView entry);
/// The entries of a bundle, at most 256; the views borrow from it.
Result<std::vector<ByteView>> split_bundle(ByteView bundle);

}  // namespace sponsio::crypto
