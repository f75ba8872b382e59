#include "crypto/log/edge.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

namespace sponsio::crypto {
namespace {

constexpr std::size_t digest_size = std::tuple_size_v<Digest>;

/// Where a node stands: its tile, and its place in that tile's pyramid.
struct Place {
    unsigned level;
    std::uint64_t tile;
    std::size_t offset;
};

Place place_of(NodeId id) noexcept {
    unsigned const height = id.level % tile_height;
    unsigned const across = tile_height - height;  // a row of this height has 2^across nodes
    std::size_t const row = 2 * (tile_width - (std::size_t{1} << across));
    return {id.level / tile_height, id.index >> across,
            row + (id.index & ((std::uint64_t{1} << across) - 1))};
}

/// The index of a level's tile in which the next hash will stand.
std::uint64_t edge_tile(unsigned level, std::uint64_t size) noexcept {
    return size >> (tile_height * (level + 1));
}

}  // namespace

LogEdge::LogEdge() = default;

Digest const& LogEdge::node(NodeId id) const {
    Place const place = place_of(id);
    Level const& level = levels_[place.level];
    return (*level.tiles[place.tile - level.first])[place.offset];
}

void LogEdge::store(NodeId id, Digest const& digest) {
    Place const place = place_of(id);
    Level& level = levels_[place.level];
    if (place.tile - level.first == level.tiles.size()) {
        if (spare_.empty()) spare_.push_back(std::make_unique<Pyramid>());
        level.tiles.push_back(std::move(spare_.back()));
        spare_.pop_back();
    }
    (*level.tiles[place.tile - level.first])[place.offset] = digest;
}

std::optional<Digest> LogEdge::add(NodeId id, Digest digest) {
    store(id, digest);
    while (id.index % 2 == 1) {
        digest = node_hash(node({id.level, id.index - 1}), digest);
        id = {id.level + 1, id.index / 2};
        if (id.level % tile_height == 0) return digest;
        store(id, digest);
    }
    return std::nullopt;
}

Result<LogEdge> LogEdge::load(std::uint64_t size, std::function<std::optional<Bytes>(TileId)> const& tile) {
    if (size > max_log_size)
        return Error{tile_error::out_of_range, "The log is larger than tiles of six levels hold.", {}, 0};
    LogEdge edge;
    edge.size_ = size;
    edge.begin();
    for (unsigned level = 0; level != tile_levels; ++level) {
        std::uint64_t const index = edge.levels_[level].first;
        unsigned const width = tile_width_at(level, index, size);
        if (width == 0) continue;
        auto const hashes = tile({level, index, width});
        if (!hashes) return Error{tile_error::missing, "A tile of the log's edge is missing.", {}, 0};
        if (hashes->size() != width * digest_size)
            return Error{tile_error::wrong_length, "A tile of the log's edge has a wrong length.", {}, 0};
        for (unsigned i = 0; i != width; ++i) {
            Digest hash;
            std::copy_n(hashes->data() + i * digest_size, digest_size, hash.begin());
            edge.add({level * tile_height, index * tile_width + i}, hash);
        }
    }
    return edge;
}

void LogEdge::begin() {
    for (unsigned l = 0; l != tile_levels; ++l) {
        Level& level = levels_[l];
        std::uint64_t const edge = edge_tile(l, size_);
        std::uint64_t const passed = std::min<std::uint64_t>(edge - level.first, level.tiles.size());
        auto const present = level.tiles.begin() + static_cast<std::ptrdiff_t>(passed);
        std::move(level.tiles.begin(), present, std::back_inserter(spare_));
        level.tiles.erase(level.tiles.begin(), present);
        level.first = edge;
    }
    // A bulk round frees more tiles than the next round needs: keep one for each level.
    spare_.resize(std::min<std::size_t>(spare_.size(), tile_levels));
    completed_.clear();
    begun_ = size_;
}

void LogEdge::append(Digest const& leaf_hash) {
    if (size_ == max_log_size) throw Failure("the log is full");
    peaks_.clear();
    NodeId id{0, size_};
    std::optional<Digest> hash = leaf_hash;
    while ((hash = add(id, *hash))) {
        TileId const tile{id.level / tile_height, id.index / tile_width};
        Level const& level = levels_[tile.level];
        Digest const* const row = level.tiles[tile.index - level.first]->data();
        completed_.push_back({tile, Bytes(row->data(), row->data() + tile_width * digest_size), *hash});
        id = {id.level + tile_height, tile.index};
    }
    ++size_;
}

void LogEdge::rollback() noexcept {
    // Tiles only grow, so the tile kept at begin() still has all its hashes of then.
    for (Level& level : levels_)
        if (level.tiles.size() > 1) level.tiles.erase(level.tiles.begin() + 1, level.tiles.end());
    completed_.clear();
    peaks_.clear();
    size_ = begun_;
}

Bytes LogEdge::partial(unsigned level) const {
    if (level >= tile_levels) return {};
    std::uint64_t const index = edge_tile(level, size_);
    unsigned const width = tile_width_at(level, index, size_);
    if (width == 0) return {};
    Digest const* const row = levels_[level].tiles[index - levels_[level].first]->data();
    return Bytes(row->data(), row->data() + width * digest_size);
}

std::vector<LogEdge::Peak> const& LogEdge::peaks() const {
    if (!peaks_.empty()) return peaks_;
    std::vector<NodeId> const nodes = root_nodes(size_);
    peaks_.resize(nodes.size());
    for (std::size_t i = nodes.size(); i-- != 0;) {
        Digest const& own = node(nodes[i]);
        peaks_[i] = {own, i + 1 == nodes.size() ? own : node_hash(own, peaks_[i + 1].onwards)};
    }
    return peaks_;
}

Digest LogEdge::root() const {
    return size_ == 0 ? empty_root() : peaks().front().onwards;
}

std::vector<Digest> LogEdge::inclusion(std::uint64_t index) const {
    if (index < begun_ || index >= size_) throw Failure("the leaf was not appended in this round");
    std::vector<Peak> const& edge = peaks();
    // Below its peak, index and size share the bits above the peak's level; at that level only size has one.
    auto const height = static_cast<unsigned>(std::bit_width(index ^ size_)) - 1;
    auto const peak = static_cast<std::size_t>(std::popcount(size_ >> height)) - 1;

    std::vector<Digest> proof;
    proof.reserve(height + peak + 1);
    for (unsigned level = 0; level != height; ++level) proof.push_back(node({level, (index >> level) ^ 1}));
    if (peak + 1 != edge.size()) proof.push_back(edge[peak + 1].onwards);
    for (std::size_t i = peak; i-- != 0;) proof.push_back(edge[i].own);
    return proof;
}

}  // namespace sponsio::crypto
