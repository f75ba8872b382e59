#include "crypto/log/merkle.hpp"

#include "tests/unit/crypto/log_support.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace sponsio::crypto {
namespace {

using test::NaiveTree;

Digest digest(std::string_view hex) {
    Bytes const bytes = test::hex(hex);
    Digest out;
    if (bytes.size() != out.size()) throw std::invalid_argument("not a digest");
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

std::vector<Digest> digests(std::string_view commas) {
    std::vector<Digest> out;
    while (!commas.empty()) {
        auto const end = std::min(commas.find(','), commas.size());
        out.push_back(digest(commas.substr(0, end)));
        commas.remove_prefix(std::min(end + 1, commas.size()));
    }
    return out;
}

/// The tree of the reference implementation (certificate-transparency, cpp/merkletree/merkle_tree_test.cc;
/// today transparency-dev/merkle, testonly/constants.go).
NaiveTree reference_tree() {
    std::vector<Digest> leaves;
    for (char const* const entry :
         {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"})
        leaves.push_back(leaf_hash(test::hex(entry)));
    return NaiveTree(std::move(leaves));
}

constexpr std::array reference_roots{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                     "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                     "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                     "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                     "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                     "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                     "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                     "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

TEST(MerkleVectors, RootsOfTheReferenceTree) {
    NaiveTree const tree = reference_tree();
    for (std::uint64_t size = 0; size != reference_roots.size(); ++size)
        EXPECT_EQ(to_hex(tree_root(size, tree.nodes(size)).value()), reference_roots[size]) << size;
}

TEST(MerkleVectors, ProofsOfTheReferenceTree) {
    NaiveTree const tree = reference_tree();
    EXPECT_EQ(inclusion_proof(0, 8, tree.nodes(8)).value(),
              digests("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7,"
                      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e,"
                      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"));
    EXPECT_EQ(inclusion_proof(5, 8, tree.nodes(8)).value(),
              digests("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b,"
                      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0,"
                      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"));
    EXPECT_EQ(consistency_proof(6, 8, tree.nodes(8)).value(),
              digests("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a,"
                      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0,"
                      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"));
    EXPECT_EQ(consistency_proof(2, 5, tree.nodes(5)).value(),
              digests("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e,"
                      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"));
}

TEST(MerkleVectors, InclusionOfTransparencyDev) {
    auto const rows = test::golden_table("merkle_inclusion.txt");
    ASSERT_EQ(rows.size(), 72U);
    for (auto const& row : rows)
        EXPECT_EQ(verify_inclusion(std::stoull(row[2]), std::stoull(row[3]), digest(row[5]), digests(row[6]),
                                   digest(row[4])),
                  row[1] == "valid")
            << row[0];
}

TEST(MerkleVectors, ConsistencyOfTransparencyDev) {
    auto const rows = test::golden_table("merkle_consistency.txt");
    ASSERT_EQ(rows.size(), 71U);
    for (auto const& row : rows)
        EXPECT_EQ(verify_consistency(std::stoull(row[2]), std::stoull(row[3]), digest(row[4]), digest(row[5]),
                                     digests(row[6])),
                  row[1] == "valid")
            << row[0];
}

/// A source that notes what it is asked for.
class Recorder {
  public:
    explicit Recorder(NodeSource source) : source_(std::move(source)) {}

    NodeSource source() {
        return [this](NodeId id) {
            asked_.insert(id);
            return source_(id);
        };
    }

    /// Whether these are the nodes that were asked for, each of them once.
    bool was_asked(std::vector<NodeId> const& nodes) const {
        return nodes.size() == asked_.size() && std::set<NodeId>(nodes.begin(), nodes.end()) == asked_;
    }

  private:
    NodeSource source_;
    std::set<NodeId> asked_;
};

constexpr std::uint64_t largest = 300;

TEST(Merkle, EveryRootIsThatOfTheDefinition) {
    NaiveTree const tree(test::numbered_leaves(largest));
    for (std::uint64_t size = 0; size <= largest; ++size) {
        Recorder recorder(tree.nodes(size));
        ASSERT_EQ(tree_root(size, recorder.source()).value(), tree.root(size)) << size;
        ASSERT_TRUE(recorder.was_asked(root_nodes(size))) << size;
    }
}

TEST(Merkle, EveryInclusionProofIsThatOfTheDefinition) {
    NaiveTree const tree(test::numbered_leaves(largest));
    for (std::uint64_t size = 1; size <= largest; ++size)
        for (std::uint64_t index = 0; index != size; ++index) {
            Recorder recorder(tree.nodes(size));
            auto const proof = inclusion_proof(index, size, recorder.source()).value();
            ASSERT_EQ(proof, tree.path(index, 0, size)) << index << " of " << size;
            ASSERT_TRUE(recorder.was_asked(inclusion_nodes(index, size))) << index << " of " << size;
            ASSERT_TRUE(verify_inclusion(index, size, tree.leaves()[index], proof, tree.root(size)))
                << index << " of " << size;
        }
}

TEST(Merkle, EveryConsistencyProofIsThatOfTheDefinition) {
    NaiveTree const tree(test::numbered_leaves(largest));
    for (std::uint64_t size = 0; size <= largest; ++size)
        for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
            Recorder recorder(tree.nodes(size));
            auto const proof = consistency_proof(old_size, size, recorder.source()).value();
            auto const expected =
                old_size == 0 ? std::vector<Digest>() : tree.subproof(old_size, 0, size, true);
            ASSERT_EQ(proof, expected) << old_size << " to " << size;
            ASSERT_TRUE(recorder.was_asked(consistency_nodes(old_size, size))) << old_size << " to " << size;
            ASSERT_TRUE(verify_consistency(old_size, size, tree.root(old_size), tree.root(size), proof))
                << old_size << " to " << size;
        }
}

/// The proof altered in every place, cut short and made longer.
std::vector<std::vector<Digest>> altered(std::vector<Digest> const& proof) {
    std::vector<std::vector<Digest>> out;
    for (std::size_t i = 0; i != proof.size(); ++i) {
        out.push_back(proof);
        out.back()[i][31] ^= 1;
        out.push_back(proof);
        out.back().erase(out.back().begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (std::size_t i = 0; i <= proof.size(); ++i) {
        out.push_back(proof);
        out.back().insert(out.back().begin() + static_cast<std::ptrdiff_t>(i), Digest{});
    }
    return out;
}

TEST(Merkle, AlteredInclusionProofsFail) {
    constexpr std::uint64_t limit = 40;
    NaiveTree const tree(test::numbered_leaves(limit));
    for (std::uint64_t size = 1; size <= limit; ++size)
        for (std::uint64_t index = 0; index != size; ++index) {
            Digest const& leaf = tree.leaves()[index];
            Digest const root = tree.root(size);
            auto const proof = tree.path(index, 0, size);
            for (auto const& wrong : altered(proof))
                ASSERT_FALSE(verify_inclusion(index, size, leaf, wrong, root)) << index << " of " << size;
            for (std::uint64_t other = 0; other <= size; ++other)
                ASSERT_EQ(verify_inclusion(other, size, leaf, proof, root), other == index) << size;
            ASSERT_FALSE(verify_inclusion(index, size, root, proof, leaf) && size != 1);
        }
}

TEST(Merkle, AlteredConsistencyProofsFail) {
    constexpr std::uint64_t limit = 40;
    NaiveTree const tree(test::numbered_leaves(limit));
    for (std::uint64_t size = 1; size <= limit; ++size)
        for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
            Digest const root = tree.root(size);
            Digest const old_root = tree.root(old_size);
            auto const proof = consistency_proof(old_size, size, tree.nodes(size)).value();
            for (auto const& wrong : altered(proof))
                ASSERT_FALSE(verify_consistency(old_size, size, old_root, root, wrong))
                    << old_size << " to " << size;
            Digest other = old_root;
            other[0] ^= 1;
            ASSERT_FALSE(verify_consistency(old_size, size, other, root, proof))
                << old_size << " to " << size;
            if (old_size == 0) continue;
            other = root;
            other[0] ^= 1;
            ASSERT_FALSE(verify_consistency(old_size, size, old_root, other, proof))
                << old_size << " to " << size;
        }
}

TEST(Merkle, RefusesWhatTheTreeDoesNotHave) {
    NaiveTree const tree(test::numbered_leaves(4));
    EXPECT_EQ(inclusion_proof(4, 4, tree.nodes(4)).error().code, merkle_error::out_of_range);
    EXPECT_EQ(inclusion_proof(0, 0, tree.nodes(0)).error().code, merkle_error::out_of_range);
    EXPECT_EQ(consistency_proof(5, 4, tree.nodes(4)).error().code, merkle_error::out_of_range);
    EXPECT_TRUE(inclusion_nodes(4, 4).empty());
    EXPECT_TRUE(consistency_nodes(5, 4).empty());
    EXPECT_FALSE(verify_consistency(5, 4, tree.root(4), tree.root(4), {}));

    auto const nothing = [](NodeId) { return std::optional<Digest>(); };
    EXPECT_EQ(tree_root(3, nothing).error().code, merkle_error::missing_node);
    EXPECT_EQ(inclusion_proof(1, 3, nothing).error().code, merkle_error::missing_node);
    EXPECT_EQ(consistency_proof(1, 3, nothing).error().code, merkle_error::missing_node);
}

TEST(Merkle, TheLargestSizesOverflowNothing) {
    constexpr std::uint64_t most = ~std::uint64_t{0};
    auto const same = [](NodeId) { return std::optional(Digest{}); };
    EXPECT_EQ(root_nodes(most).size(), 64U);
    EXPECT_EQ(root_nodes(most).back(), (NodeId{0, most - 1}));

    auto const proof = inclusion_proof(most - 1, most, same).value();
    EXPECT_EQ(proof.size(), 63U);
    EXPECT_TRUE(verify_inclusion(most - 1, most, Digest{}, proof, tree_root(most, same).value()));
    EXPECT_FALSE(verify_inclusion(most, most, Digest{}, proof, tree_root(most, same).value()));

    auto const growth = consistency_proof(most - 1, most, same).value();
    EXPECT_TRUE(verify_consistency(most - 1, most, tree_root(most - 1, same).value(),
                                   tree_root(most, same).value(), growth));
}

}  // namespace
}  // namespace sponsio::crypto
