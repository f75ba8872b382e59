#pragma once

#include "crypto/log/tile.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace sponsio::crypto {

/// A full tile.
struct CompletedTile {
    TileId tile;
    Bytes hashes;
    Digest root;  ///< of all its hashes: one hash of the tile above
};

/// The right edge of one log in memory, for its writer: roots, tiles and proofs of what is being appended,
/// without reading anything. For one thread. If append() throws, rollback() is the way on.
class LogEdge {
  public:
    /// Of the empty log.
    LogEdge();

    /// Asks for the partial tiles of that size only, each at its present width. Errors have the words of
    /// tile_error. The caller compares root() with what was signed: nothing else would show a wrong hash.
    static Result<LogEdge> load(std::uint64_t size, std::function<std::optional<Bytes>(TileId)> const& tile);

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    [[nodiscard]] Digest root() const;

    /// A round starts: rollback() returns to here and completed() is empty.
    void begin();
    /// Throws Failure at max_log_size.
    void append(Digest const& leaf_hash);
    /// Forgets everything appended since begin().
    void rollback() noexcept;

    /// The tiles that became full since begin(), at all levels, in the order in which they did.
    [[nodiscard]] std::vector<CompletedTile> const& completed() const noexcept { return completed_; }

    /// The hashes of a level's partial tile; empty if it has none.
    [[nodiscard]] Bytes partial(unsigned level) const;

    /// RFC 6962 §2.1.1 against root(), for a leaf appended since begin(); throws Failure for another. Looks
    /// nodes up and hashes none but, once for each size, those at the incomplete edge.
    [[nodiscard]] std::vector<Digest> inclusion(std::uint64_t index) const;

  private:
    /// All complete nodes of one tile: 256 of height 0, 128 of height 1, ... 2 of height 7.
    using Pyramid = std::array<Digest, 2 * tile_width - 2>;

    /// The tiles of a level from `first`, the edge at begin(), up to the present edge.
    struct Level {
        std::uint64_t first = 0;
        std::vector<std::unique_ptr<Pyramid>> tiles;
    };

    /// What hashing the edge together gives: complete subtrees from left to right, and the root of everything
    /// from each one rightwards.
    struct Peak {
        Digest own;
        Digest onwards;
    };

    [[nodiscard]] Digest const& node(NodeId id) const;
    void store(NodeId id, Digest const& digest);
    /// Stores a hash of a tile and all above it in the tile that it completes; gives the tile's root when the
    /// tile is full.
    std::optional<Digest> add(NodeId id, Digest digest);
    [[nodiscard]] std::vector<Peak> const& peaks() const;

    std::array<Level, tile_levels> levels_;
    std::vector<std::unique_ptr<Pyramid>> spare_;
    std::vector<CompletedTile> completed_;
    std::uint64_t size_ = 0;
    std::uint64_t begun_ = 0;
    mutable std::vector<Peak> peaks_;  ///< empty: not computed since the last change
};

}  // namespace sponsio::crypto
