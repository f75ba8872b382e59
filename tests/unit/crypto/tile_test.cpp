#include "crypto/log/tile.hpp"

#include "tests/unit/crypto/log_support.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

using test::NaiveTree;

TEST(TilePath, SpellsAsTheSpecificationDoes) {
    // C2SP tlog-tiles, "Merkle Tree": the index 1234067.
    EXPECT_EQ((TilePath{false, {0, 1234067}}).text(), "tile/0/x001/x234/067");
    EXPECT_EQ((TilePath{false, {0, 0}}).text(), "tile/0/000");
    EXPECT_EQ((TilePath{false, {2, 999, 5}}).text(), "tile/2/999.p/5");
    EXPECT_EQ((TilePath{false, {0, 1000, 255}}).text(), "tile/0/x001/000.p/255");
    EXPECT_EQ((TilePath{true, {0, 1234}}).text(), "tile/entries/x001/234");
    EXPECT_EQ((TilePath{true, {0, 7, 1}}).text(), "tile/entries/007.p/1");
}

TEST(TilePath, ReadsWhatItSpells) {
    for (std::uint64_t const index :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{999}, std::uint64_t{1000}, std::uint64_t{1001},
          std::uint64_t{999'999}, std::uint64_t{1'000'000}, std::uint64_t{1'234'067},
          max_log_size / tile_width})
        for (unsigned const width : {1U, 9U, 10U, 255U, 256U})
            for (bool const entries : {false, true}) {
                TilePath const path{entries, {0, index, width}};
                ASSERT_EQ(TilePath::parse(path.text()), path) << path.text();
            }
    for (unsigned level = 0; level != tile_levels; ++level) {
        TilePath const last{false, {level, max_log_size >> (tile_height * (level + 1)), 3}};
        EXPECT_EQ(TilePath::parse(last.text()), last) << last.text();
        TilePath const beyond{false, {level, last.tile.index + 1, 3}};
        EXPECT_FALSE(TilePath::parse(beyond.text())) << beyond.text();
    }
}

TEST(TilePath, RefusesEveryOtherSpelling) {
    using namespace std::string_view_literals;
    for (std::string_view const text : {""sv,
                                        "tile"sv,
                                        "tile/"sv,
                                        "tile/0"sv,
                                        "tile/0/"sv,
                                        "/tile/0/000"sv,
                                        "Tile/0/000"sv,
                                        "tile//000"sv,
                                        "tile/0/0"sv,
                                        "tile/0/00"sv,
                                        "tile/0/0000"sv,
                                        "tile/0/1234"sv,
                                        "tile/0/x001"sv,
                                        "tile/0/x001/"sv,
                                        "tile/0/001/234"sv,
                                        "tile/0/x001/x234"sv,
                                        "tile/0/x000/001"sv,
                                        "tile/0/x000/x001/234"sv,
                                        "tile/0/X001/234"sv,
                                        "tile/0/x001//234"sv,
                                        "tile/0/x0001/234"sv,
                                        "tile/00/000"sv,
                                        "tile/01/000"sv,
                                        "tile/6/000"sv,
                                        "tile/63/000"sv,
                                        "tile/-1/000"sv,
                                        "tile/+1/000"sv,
                                        "tile/ 1/000"sv,
                                        "tile/0x1/000"sv,
                                        "tile/data/000"sv,
                                        "tile/entries"sv,
                                        "tile/entries/"sv,
                                        "tile/entries/0/000"sv,
                                        "tile/Entries/000"sv,
                                        "tile/0/000/"sv,
                                        "tile/0/000 "sv,
                                        "tile/0/000\n"sv,
                                        "tile/0/000\0"sv,
                                        "tile/0/00\0"sv,
                                        "tile/0/000.p"sv,
                                        "tile/0/000.p/"sv,
                                        "tile/0/000.p/0"sv,
                                        "tile/0/000.p/00"sv,
                                        "tile/0/000.p/01"sv,
                                        "tile/0/000.p/256"sv,
                                        "tile/0/000.p/1000"sv,
                                        "tile/0/000.p/-1"sv,
                                        "tile/0/000.p/+1"sv,
                                        "tile/0/000.p/ 1"sv,
                                        "tile/0/000.p/1/"sv,
                                        "tile/0/000.p/1.p/1"sv,
                                        "tile/0/000.p/1x"sv,
                                        "tile/0/000.P/1"sv,
                                        "tile/0/.p/1"sv,
                                        "tile/0/x001.p/1/000"sv,
                                        "tile/0/../000"sv,
                                        "tile/0/%30%30%30"sv,
                                        "tile/0/\xEF\xBC\x90\xEF\xBC\x90\xEF\xBC\x90"sv,
                                        "tile/0/x999/x999/x999/x999/999"sv,
                                        "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999"sv,
                                        "tile/99999999999999999999/000"sv,
                                        "tile/0/000.p/99999999999999999999"sv})
        EXPECT_FALSE(TilePath::parse(text)) << text;
}

TEST(Tile, WidthsAreThoseOfTheSpecification) {
    // C2SP tlog-tiles, "Partial Tiles": a tree of 70,000.
    EXPECT_EQ(tile_width_at(0, 272, 70'000), 256U);
    EXPECT_EQ(tile_width_at(0, 273, 70'000), 112U);
    EXPECT_EQ(tile_width_at(0, 274, 70'000), 0U);
    EXPECT_EQ(tile_width_at(1, 0, 70'000), 256U);
    EXPECT_EQ(tile_width_at(1, 1, 70'000), 17U);
    EXPECT_EQ(tile_width_at(2, 0, 70'000), 1U);
    EXPECT_EQ(tile_width_at(3, 0, 70'000), 0U);
    EXPECT_EQ(tile_width_at(0, 0, 256), 256U);
    EXPECT_EQ(tile_width_at(0, 1, 256), 0U);
    EXPECT_EQ(tile_width_at(1, 0, 256), 1U);
    EXPECT_EQ(tile_width_at(0, 0, 0), 0U);
    EXPECT_EQ(tile_width_at(tile_levels, 0, ~std::uint64_t{0}), 0U);
    EXPECT_EQ(tile_width_at(1000, 0, ~std::uint64_t{0}), 0U);
}

/// The bytes of a tile of that tree.
Bytes tile_bytes(NaiveTree const& tree, TileId tile) {
    Bytes out;
    for (std::size_t i = 0; i != tile.width; ++i) {
        unsigned const level = tile.level * tile_height;
        std::size_t const start = (tile.index * tile_width + i) << level;
        Digest const hash = tree.hash(start, start + (std::size_t{1} << level));
        out.insert(out.end(), hash.begin(), hash.end());
    }
    return out;
}

TEST(Tile, GivesEveryNodeOfATree) {
    NaiveTree const tree(test::numbered_leaves(1100));
    for (std::uint64_t const size :
         std::vector<std::uint64_t>{1, 2, 255, 256, 257, 300, 511, 512, 1024, 1100})
        for (unsigned level = 0; size >> level != 0; ++level)
            for (std::uint64_t index = 0; index != size >> level; index += level < 4 ? 7 : 1) {
                if (index >= size >> level) break;
                NodeId const node{level, index};
                TileId const tile = tile_of(node, size);
                ASSERT_EQ(tile.width, tile_width_at(tile.level, tile.index, size));
                ASSERT_EQ(node_in_tile(tile, tile_bytes(tree, tile), node),
                          tree.hash(index << level, (index + 1) << level))
                    << level << ' ' << index << " of " << size;
            }
}

TEST(Tile, HasNoNodeThatIsElsewhere) {
    NaiveTree const tree(test::numbered_leaves(600));
    TileId const partial{0, 2, 88};
    Bytes const bytes = tile_bytes(tree, partial);
    EXPECT_TRUE(node_in_tile(partial, bytes, {0, 599}));
    EXPECT_TRUE(node_in_tile(partial, bytes, {3, 74}));
    EXPECT_FALSE(node_in_tile(partial, bytes, {0, 600}));
    EXPECT_FALSE(node_in_tile(partial, bytes, {3, 75}));
    EXPECT_FALSE(node_in_tile(partial, bytes, {0, 511}));
    EXPECT_FALSE(node_in_tile(partial, bytes, {8, 2}));
    EXPECT_FALSE(node_in_tile(partial, bytes, {64, 0}));
    EXPECT_FALSE(node_in_tile({0, 2, 87}, bytes, {0, 512}));
    EXPECT_FALSE(node_in_tile({0, 2, 256}, bytes, {0, 512}));
    EXPECT_FALSE(node_in_tile(partial, ByteView(bytes).first(bytes.size() - 1), {0, 512}));
    EXPECT_THROW(tile_of({0, 600}, 600), Failure);
    EXPECT_THROW(tile_of({3, 75}, 600), Failure);
    EXPECT_THROW(tile_of({64, 0}, 600), Failure);
}

TEST(Bundle, GivesBackWhatWasPutIn) {
    std::vector<Bytes> const entries{{}, {0x00}, Bytes(max_entry_size, 0xAB), to_bytes("three")};
    Bytes bundle;
    for (Bytes const& entry : entries) append_entry(bundle, entry);
    auto const split = split_bundle(bundle).value();
    ASSERT_EQ(split.size(), entries.size());
    for (std::size_t i = 0; i != entries.size(); ++i) EXPECT_EQ(to_bytes(split[i]), entries[i]);
    EXPECT_EQ(to_hex(ByteView(bundle).first(5)), "0000000100");
    EXPECT_TRUE(split_bundle({}).value().empty());
}

TEST(Bundle, KeepsItsLimits) {
    Bytes bundle;
    EXPECT_THROW(append_entry(bundle, Bytes(max_entry_size + 1)), Failure);
    EXPECT_TRUE(bundle.empty());
    for (int i = 0; i != 256; ++i) append_entry(bundle, as_bytes("x"));
    EXPECT_EQ(split_bundle(bundle).value().size(), 256U);
    append_entry(bundle, as_bytes("x"));
    EXPECT_EQ(split_bundle(bundle).error().code, tile_error::bad_bundle);
    EXPECT_EQ(split_bundle(bundle).error().offset, 768U);
}

TEST(Bundle, RefusesALengthBeyondItsEnd) {
    for (std::string_view const bad : {"00", "0001", "000261", "00016100", "00016100016200", "ffff00"}) {
        auto const split = split_bundle(test::hex(bad));
        ASSERT_FALSE(split) << bad;
        EXPECT_EQ(split.error().code, tile_error::bad_bundle) << bad;
    }
}

}  // namespace
}  // namespace sponsio::crypto
