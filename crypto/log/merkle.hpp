#pragma once

#include "crypto/digest.hpp"
#include "text/result.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

/// The Merkle tree of RFC 6962 §2.1 with SHA-256: the nodes that a root or a proof needs, computing it from
/// them, and verifying it.
namespace sponsio::crypto {

/// The words of proof errors, in Error::code.
namespace merkle_error {
inline constexpr std::string_view missing_node = "missing_node";  ///< the source does not have it
inline constexpr std::string_view out_of_range = "out_of_range";  ///< a leaf or an old size beyond the tree
}  // namespace merkle_error

Digest leaf_hash(ByteView entry);                           ///< SHA-256(0x00 || entry)
Digest node_hash(Digest const& left, Digest const& right);  ///< SHA-256(0x01 || left || right)
Digest empty_root();                                        ///< of a tree without leaves: SHA-256 of nothing

/// The root of the complete subtree over the leaves [index << level, (index + 1) << level). Never changes
/// once the log has these leaves.
struct NodeId {
    unsigned level = 0;
    std::uint64_t index = 0;

    auto operator<=>(NodeId const&) const = default;
};

/// A source of nodes; returns nothing for a node that it does not have.
using NodeSource = std::function<std::optional<Digest>(NodeId)>;

/// The nodes that the function of the corresponding name below asks its source for, so that they can be
/// fetched in one go. Empty where that function needs none or refuses.
std::vector<NodeId> root_nodes(std::uint64_t size);
std::vector<NodeId> inclusion_nodes(std::uint64_t index, std::uint64_t size);
std::vector<NodeId> consistency_nodes(std::uint64_t old_size, std::uint64_t size);

/// RFC 6962 §2.1: the root of the first `size` leaves.
Result<Digest> tree_root(std::uint64_t size, NodeSource const& source);
/// The inclusion proof of RFC 6962 §2.1.1, from the leaf's sibling up.
Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                            NodeSource const& source);
/// The consistency proof of RFC 6962 §2.1.2. Empty when both sizes are equal or the old one is 0.
Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                              NodeSource const& source);

/// RFC 9162 §2.1.3.2: whether the leaf is at `index` of the tree of that size and root.
bool verify_inclusion(std::uint64_t index, std::uint64_t size, Digest const& leaf_hash,
                      std::vector<Digest> const& proof, Digest const& root);
/// RFC 9162 §2.1.4.2: whether the tree begins with the old one. Every tree begins with the empty one and with
/// itself; the proof of that is empty.
bool verify_consistency(std::uint64_t old_size, std::uint64_t size, Digest const& old_root,
                        Digest const& root, std::vector<Digest> const& proof);

}  // namespace sponsio::crypto
