#include "crypto/log/merkle.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace sponsio::crypto {
namespace {

/// The leaves [start, end) that RFC 6962 hashes together: complete subtrees that shrink to the right.
struct Range {
    std::uint64_t start;
    std::uint64_t end;
};

/// The largest power of two below `size`, which is at least 2.
std::uint64_t split_of(std::uint64_t size) {
    return std::bit_floor(size - 1);
}

/// The roots of a range's complete subtrees, from left to right.
std::vector<NodeId> nodes_of(Range range) {
    std::vector<NodeId> nodes;
    while (range.start != range.end) {
        auto const level = static_cast<unsigned>(std::bit_width(range.end - range.start)) - 1;
        nodes.push_back({level, range.start >> level});
        range.start += std::uint64_t{1} << level;
    }
    return nodes;
}

std::vector<NodeId> nodes_of(std::vector<Range> const& ranges) {
    std::vector<NodeId> all;
    for (Range const& range : ranges) {
        auto const nodes = nodes_of(range);
        all.insert(all.end(), nodes.begin(), nodes.end());
    }
    return all;
}

/// MTH of a range that is not empty (RFC 6962 §2.1).
Result<Digest> hash_of(Range range, NodeSource const& source) {
    auto const nodes = nodes_of(range);
    std::optional<Digest> hash;
    for (auto id = nodes.rbegin(); id != nodes.rend(); ++id) {
        auto const node = source(*id);
        if (!node) return Error{merkle_error::missing_node, "A node of the tree is missing.", {}, 0};
        hash = hash ? node_hash(*node, *hash) : *node;
    }
    return *hash;
}

Result<std::vector<Digest>> hashes_of(std::vector<Range> const& ranges, NodeSource const& source) {
    std::vector<Digest> hashes;
    hashes.reserve(ranges.size());
    for (Range const& range : ranges) {
        auto hash = hash_of(range, source);
        if (!hash) return hash.error();
        hashes.push_back(*hash);
    }
    return hashes;
}

/// PATH(index, D[0:size]) of RFC 6962 §2.1.1, from the leaf up; `index` is below `size`.
std::vector<Range> inclusion_ranges(std::uint64_t index, std::uint64_t size) {
    std::vector<Range> ranges;
    Range around{0, size};
    while (around.end - around.start > 1) {
        std::uint64_t const middle = around.start + split_of(around.end - around.start);
        if (index < middle) {
            ranges.push_back({middle, around.end});
            around.end = middle;
        } else {
            ranges.push_back({around.start, middle});
            around.start = middle;
        }
    }
    std::reverse(ranges.begin(), ranges.end());
    return ranges;
}

/// PROOF(old_size, D[size]) of RFC 6962 §2.1.2; `old_size` is at most `size`.
std::vector<Range> consistency_ranges(std::uint64_t old_size, std::uint64_t size) {
    std::vector<Range> ranges;
    if (old_size == 0) return ranges;
    Range around{0, size};
    while (around.end != old_size) {
        std::uint64_t const middle = around.start + split_of(around.end - around.start);
        if (old_size <= middle) {
            ranges.push_back({middle, around.end});
            around.end = middle;
        } else {
            ranges.push_back({around.start, middle});
            around.start = middle;
        }
    }
    // The verifier already knows the root of the old tree.
    if (around.start != 0) ranges.push_back(around);
    std::reverse(ranges.begin(), ranges.end());
    return ranges;
}

Error out_of_range(char const* message) {
    return {merkle_error::out_of_range, message, {}, 0};
}

/// The position in a proof's verification: a node's index at its level, and that of the level's last node.
struct Position {
    std::uint64_t node;
    std::uint64_t last;

    void up() noexcept {
        node >>= 1;
        last >>= 1;
    }
};

}  // namespace

Digest leaf_hash(ByteView entry) {
    static constexpr std::uint8_t prefix = 0;
    return sha256({ByteView(&prefix, 1), entry});
}

Digest node_hash(Digest const& left, Digest const& right) {
    std::array<std::uint8_t, 65> input;
    input[0] = 1;
    std::copy(left.begin(), left.end(), input.begin() + 1);
    std::copy(right.begin(), right.end(), input.begin() + 33);
    return sha256(input);
}

Digest empty_root() {
    return sha256(ByteView());
}

std::vector<NodeId> root_nodes(std::uint64_t size) {
    return nodes_of(Range{0, size});
}

std::vector<NodeId> inclusion_nodes(std::uint64_t index, std::uint64_t size) {
    if (index >= size) return {};
    return nodes_of(inclusion_ranges(index, size));
}

std::vector<NodeId> consistency_nodes(std::uint64_t old_size, std::uint64_t size) {
    if (old_size > size) return {};
    return nodes_of(consistency_ranges(old_size, size));
}

Result<Digest> tree_root(std::uint64_t size, NodeSource const& source) {
    if (size == 0) return empty_root();
    return hash_of({0, size}, source);
}

Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                            NodeSource const& source) {
    if (index >= size) return out_of_range("The tree has no such leaf.");
    return hashes_of(inclusion_ranges(index, size), source);
}

Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                              NodeSource const& source) {
    if (old_size > size) return out_of_range("The old tree is larger than the new one.");
    return hashes_of(consistency_ranges(old_size, size), source);
}

bool verify_inclusion(std::uint64_t index, std::uint64_t size, Digest const& leaf_hash,
                      std::vector<Digest> const& proof, Digest const& root) {
    if (index >= size) return false;
    Position at{index, size - 1};
    Digest hash = leaf_hash;
    for (Digest const& sibling : proof) {
        if (at.last == 0) return false;
        if (at.node % 2 == 1 || at.node == at.last) {
            hash = node_hash(sibling, hash);
            // A last node without a sibling is the same node on the level above.
            while (at.node % 2 == 0 && at.node != 0) at.up();
        } else {
            hash = node_hash(hash, sibling);
        }
        at.up();
    }
    return at.last == 0 && hash == root;
}

bool verify_consistency(std::uint64_t old_size, std::uint64_t size, Digest const& old_root,
                        Digest const& root, std::vector<Digest> const& proof) {
    if (old_size > size) return false;
    if (old_size == 0 && old_root != empty_root()) return false;
    if (old_size == size) return proof.empty() && old_root == root;
    if (old_size == 0) return proof.empty();

    Position at{old_size - 1, size - 1};
    while (at.node % 2 == 1) at.up();
    // Where the old tree is one complete subtree, its root is what the proof starts from.
    bool const whole = std::has_single_bit(old_size);
    if (!whole && proof.empty()) return false;
    Digest old_hash = whole ? old_root : proof.front();
    Digest hash = old_hash;
    for (std::size_t i = whole ? 0 : 1; i != proof.size(); ++i) {
        if (at.last == 0) return false;
        if (at.node % 2 == 1 || at.node == at.last) {
            old_hash = node_hash(proof[i], old_hash);
            hash = node_hash(proof[i], hash);
            while (at.node % 2 == 0 && at.node != 0) at.up();
        } else {
            hash = node_hash(hash, proof[i]);
        }
        at.up();
    }
    return at.last == 0 && old_hash == old_root && hash == root;
}

}  // namespace sponsio::crypto
