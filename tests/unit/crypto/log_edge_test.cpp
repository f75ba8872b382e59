#include "crypto/log/edge.hpp"
#include "tests/unit/crypto/log_support.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

using Sizes = std::vector<std::size_t>;

/// A whole log in memory, row by row: what the edge is compared with.
class WholeLog {
  public:
    void append(Digest leaf) {
        for (unsigned level = 0;; ++level) {
            if (rows_.size() == level) rows_.emplace_back();
            rows_[level].push_back(leaf);
            if (rows_[level].size() % 2 == 1) return;
            leaf = node_hash(rows_[level][rows_[level].size() - 2], leaf);
        }
    }

    void fill(std::size_t size) {
        while (this->size() != size) append(leaf_hash(as_bytes(std::to_string(this->size()))));
    }

    std::uint64_t size() const { return rows_.empty() ? 0 : rows_[0].size(); }

    NodeSource nodes() const {
        return [this](NodeId id) -> std::optional<Digest> {
            if (id.level >= rows_.size() || id.index >= rows_[id.level].size()) return std::nullopt;
            return rows_[id.level][id.index];
        };
    }

    Digest root() const { return tree_root(size(), nodes()).value(); }

    Digest leaf(std::size_t index) const { return rows_[0][index]; }

    Bytes tile(TileId id) const {
        Bytes out;
        for (std::size_t i = 0; i != id.width; ++i) {
            Digest const& hash = rows_.at(id.level * tile_height).at(id.index * tile_width + i);
            out.insert(out.end(), hash.begin(), hash.end());
        }
        return out;
    }

    /// The present partial tile of a level.
    Bytes partial(unsigned level) const {
        std::uint64_t const index = size() >> (tile_height * (level + 1));
        unsigned const width = tile_width_at(level, index, size());
        return width == 0 ? Bytes() : tile({level, index, width});
    }

    LogEdge load() const {
        return LogEdge::load(size(), [this](TileId id) { return std::optional(tile(id)); }).value();
    }

  private:
    std::vector<std::vector<Digest>> rows_;
};

/// Everything that an edge says of the log behind it.
void expect_same(LogEdge const& edge, WholeLog const& log) {
    ASSERT_EQ(edge.size(), log.size());
    ASSERT_EQ(edge.root(), log.root()) << log.size();
    for (unsigned level = 0; level <= tile_levels; ++level)
        ASSERT_EQ(edge.partial(level), log.partial(level)) << level << " of " << log.size();
}

/// Appends to both, and compares tiles and the proof of each new leaf.
void run_round(LogEdge& edge, WholeLog& log, std::size_t count) {
    std::uint64_t const before = log.size();
    edge.begin();
    ASSERT_TRUE(edge.completed().empty());
    log.fill(before + count);
    for (std::uint64_t i = before; i != log.size(); ++i) edge.append(log.leaf(i));
    expect_same(edge, log);
    for (std::uint64_t i = before; i != log.size(); ++i)
        ASSERT_EQ(edge.inclusion(i), inclusion_proof(i, log.size(), log.nodes()).value())
            << i << " of " << log.size();

    std::vector<TileId> expected;
    for (std::uint64_t size = before + 1; size <= log.size(); ++size)
        for (unsigned level = 0; size % (std::uint64_t{1} << (tile_height * (level + 1))) == 0; ++level)
            expected.push_back({level, (size >> (tile_height * (level + 1))) - 1});
    ASSERT_EQ(edge.completed().size(), expected.size()) << log.size();
    for (std::size_t i = 0; i != expected.size(); ++i) {
        ASSERT_EQ(edge.completed()[i].tile, expected[i]);
        ASSERT_EQ(edge.completed()[i].hashes, log.tile(expected[i]));
        ASSERT_EQ(edge.completed()[i].root,
                  log.nodes()({tile_height * (expected[i].level + 1), expected[i].index}));
    }
}

TEST(LogEdge, StartsEmpty) {
    LogEdge const edge;
    EXPECT_EQ(edge.size(), 0U);
    EXPECT_EQ(edge.root(), empty_root());
    EXPECT_TRUE(edge.partial(0).empty());
    EXPECT_TRUE(edge.completed().empty());
    EXPECT_THROW((void)edge.inclusion(0), Failure);
}

TEST(LogEdge, LeafByLeafAgreesWithTheWholeLog) {
    LogEdge edge;
    WholeLog log;
    for (int i = 0; i != 600; ++i) ASSERT_NO_FATAL_FAILURE(run_round(edge, log, 1));
}

TEST(LogEdge, RoundsOfEverySizeAgreeWithTheWholeLog) {
    LogEdge edge;
    WholeLog log;
    for (std::size_t const count : Sizes{2, 0, 253, 1, 1, 1, 254, 256, 255, 257, 1, 300, 512, 700, 3, 1024})
        ASSERT_NO_FATAL_FAILURE(run_round(edge, log, count));
}

TEST(LogEdge, CrossesTheBorderOfTwoLevelsAtOnce) {
    for (std::size_t const start : Sizes{65'279, 65'280, 65'534, 65'535, 65'536, 65'537}) {
        WholeLog log;
        log.fill(start);
        LogEdge edge = log.load();
        ASSERT_NO_FATAL_FAILURE(expect_same(edge, log));
        for (std::size_t const count : Sizes{1, 2, 3, 256})
            ASSERT_NO_FATAL_FAILURE(run_round(edge, log, count));
    }
}

TEST(LogEdge, LoadsOnlyTheRightEdge) {
    for (std::size_t const size : Sizes{0, 1, 255, 256, 257, 258, 511, 512, 65'535, 65'536, 65'537, 65'793}) {
        WholeLog log;
        log.fill(size);
        std::vector<TileId> asked;
        LogEdge edge = LogEdge::load(size, [&](TileId id) {
                           asked.push_back(id);
                           return std::optional(log.tile(id));
                       }).value();
        ASSERT_NO_FATAL_FAILURE(expect_same(edge, log));
        std::vector<TileId> expected;
        for (unsigned level = 0; level != tile_levels; ++level) {
            std::uint64_t const index = size >> (tile_height * (level + 1));
            if (unsigned const width = tile_width_at(level, index, size))
                expected.push_back({level, index, width});
        }
        EXPECT_EQ(asked, expected) << size;
        ASSERT_NO_FATAL_FAILURE(run_round(edge, log, 5));
    }
}

TEST(LogEdge, RollsBackExactly) {
    for (std::size_t const start : Sizes{0, 1, 200, 255, 256, 257, 511, 65'400, 65'535, 65'536}) {
        WholeLog log;
        log.fill(start);
        LogEdge edge = log.load();
        for (std::size_t const count : Sizes{0, 1, 2, 56, 255, 256, 257, 800}) {
            edge.begin();
            for (std::size_t i = 0; i != count; ++i) edge.append(leaf_hash(as_bytes("lost")));
            (void)edge.root();
            edge.rollback();
            ASSERT_TRUE(edge.completed().empty());
            ASSERT_NO_FATAL_FAILURE(expect_same(edge, log));
            ASSERT_THROW((void)edge.inclusion(start), Failure);
        }
        // Without a begin() of its own the next round is of the leaves after the rollback.
        edge.append(leaf_hash(as_bytes(std::to_string(start))));
        log.fill(start + 1);
        ASSERT_NO_FATAL_FAILURE(expect_same(edge, log));
        edge.rollback();
        ASSERT_EQ(edge.size(), start);
        edge.append(leaf_hash(as_bytes(std::to_string(start))));
        ASSERT_NO_FATAL_FAILURE(run_round(edge, log, 600));
        edge.rollback();
        ASSERT_EQ(edge.size(), start + 1);
    }
}

TEST(LogEdge, DoesNotConfuseTwoTreesOfOneSize) {
    LogEdge edge;
    edge.begin();
    edge.append(leaf_hash(as_bytes("a")));
    Digest const a = edge.root();
    edge.rollback();
    edge.append(leaf_hash(as_bytes("b")));
    EXPECT_EQ(a, leaf_hash(as_bytes("a")));
    EXPECT_EQ(edge.root(), leaf_hash(as_bytes("b")));
}

TEST(LogEdge, ProvesOnlyWhatThisRoundAppended) {
    WholeLog log;
    log.fill(10);
    LogEdge edge = log.load();
    edge.begin();
    edge.append(leaf_hash(as_bytes("x")));
    EXPECT_THROW((void)edge.inclusion(9), Failure);
    EXPECT_EQ(edge.inclusion(10).size(), 2U);
    EXPECT_THROW((void)edge.inclusion(11), Failure);
}

TEST(LogEdge, RefusesTilesThatDoNotFit) {
    auto const given = [](std::size_t bytes) {
        return [bytes](TileId) { return std::optional(Bytes(bytes)); };
    };
    auto const nothing = [](TileId) { return std::optional<Bytes>(); };
    EXPECT_EQ(LogEdge::load(3, nothing).error().code, tile_error::missing);
    EXPECT_EQ(LogEdge::load(3, given(95)).error().code, tile_error::wrong_length);
    EXPECT_EQ(LogEdge::load(3, given(128)).error().code, tile_error::wrong_length);
    EXPECT_EQ(LogEdge::load(3, given(0)).error().code, tile_error::wrong_length);
    EXPECT_EQ(LogEdge::load(max_log_size + 1, nothing).error().code, tile_error::out_of_range);
    EXPECT_TRUE(LogEdge::load(3, given(96)));
    EXPECT_TRUE(LogEdge::load(0, nothing));
}

/// A tile of hashes that come from its name alone: the edge of a log too large to be made.
Bytes made_up_tile(TileId id) {
    Bytes out;
    for (unsigned i = 0; i != id.width; ++i) {
        std::string const name =
            std::to_string(id.level) + '/' + std::to_string(id.index) + '/' + std::to_string(i);
        Digest const hash = sha256(as_bytes(name));
        out.insert(out.end(), hash.begin(), hash.end());
    }
    return out;
}

TEST(LogEdge, WorksAtTheSizesItIsMeantFor) {
    std::uint64_t const size = (std::uint64_t{1} << 40) + (std::uint64_t{7} << 24) + 65'536 * 3 - 77;
    auto const tile = [](TileId id) { return std::optional(made_up_tile(id)); };
    LogEdge edge = LogEdge::load(size, tile).value();
    auto const nodes = [&](NodeId id) {
        TileId const at = tile_of(id, size);
        return node_in_tile(at, made_up_tile(at), id);
    };
    EXPECT_EQ(edge.root(), tree_root(size, nodes).value());

    constexpr std::uint64_t count = 340;
    edge.begin();
    for (std::uint64_t i = 0; i != count; ++i) edge.append(leaf_hash(as_bytes(std::to_string(i))));
    Digest const root = edge.root();
    for (std::uint64_t i = 0; i != count; ++i)
        ASSERT_TRUE(verify_inclusion(size + i, size + count, leaf_hash(as_bytes(std::to_string(i))),
                                     edge.inclusion(size + i), root))
            << i;
    // After 77 leaves there is a border of two levels, and after 256 more one of a single level.
    ASSERT_EQ(edge.completed().size(), 3U);
    EXPECT_EQ(edge.completed()[0].tile.level, 0U);
    EXPECT_EQ(edge.completed()[1].tile.level, 1U);
    EXPECT_EQ(edge.completed()[2].tile.level, 0U);
}

TEST(LogEdge, StopsWhenTheLogIsFull) {
    auto const tile = [](TileId id) { return std::optional(made_up_tile(id)); };
    LogEdge edge = LogEdge::load(max_log_size, tile).value();
    Digest const root = edge.root();
    edge.begin();
    EXPECT_THROW(edge.append(Digest{}), Failure);
    edge.rollback();
    EXPECT_EQ(edge.root(), root);
}

}  // namespace
}  // namespace sponsio::crypto
