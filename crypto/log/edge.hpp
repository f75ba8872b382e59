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

/// The right edge of one log in memory, for its writer: roots, tiles and proofs of the leaves being appended,
/// without reading storage. For one thread. After append() throws, call rollback().
class LogEdge {
  public:
    /// The edge of an empty log.
    LogEdge();

    /// Reads the partial tiles of that size only, each at its present width. Errors have the words of
    /// tile_error. The caller must compare root() with the signed root: nothing else detects a wrong hash.
    static Result<LogEdge> load(std::uint64_t size, std::function<std::optional<Bytes>(TileId)> const& tile);

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    [[nodiscard]] Digest root() const;

    /// Begins a round: rollback() returns to this point, and completed() becomes empty.
    void begin();
    /// Throws Failure at max_log_size.
    void append(Digest const& leaf_hash);
    /// Drops everything appended since begin().
    void rollback() noexcept;

    /// The tiles that became full since begin(), at all levels, in that order.
    [[nodiscard]] std::vector<CompletedTile> const& completed() const noexcept { return completed_; }

    /// The hashes of a level's partial tile; empty if it has none.
    [[nodiscard]] Bytes partial(unsigned level) const;

    /// The inclusion proof (RFC 6962 §2.1.1) against root(), for a leaf appended since begin(); throws
    /// Failure for another. Nodes are looked up; only those at the incomplete edge
    /// are hashed, once for each size.
    [[nodiscard]] std::vector<Digest> inclusion(std::uint64_t index) const;

  private:
    /// All complete nodes of one tile: 256 of height 0, 128 of height 1, ... 2 of height 7.
    using Pyramid = std::array<Digest, 2 * tile_width - 2>;

    /// The tiles of a level from `first`, the edge at begin(), up to the present edge.
    struct Level {
        std::uint64_t first = 0;
        std::vector<std::unique_ptr<Pyramid>> tiles;
    };

    /// A node on the way to the root: the complete subtrees from left to right, and for each the root of
    /// everything from it rightwards.
    struct Peak {
        Digest own;
        Digest onwards;
    };

    [[nodiscard]] Digest const& node(NodeId id) const;
    void store(NodeId id, Digest const& digest);
    /// Stores a hash of a tile and all hashes that it completes; returns the
    /// tile's root once the tile is full.
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
