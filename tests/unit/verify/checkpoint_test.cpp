#include "tests/unit/verify/world.hpp"

namespace sponsio::verify::test {
namespace {

class CheckpointCommand : public testing::Test {
  protected:
    CheckpointCommand() : log_(dir_ / "log") {
        for (std::uint64_t const size : {1U, 255U, 256U, 300U, 512U, 700U}) {
            log_.fill(size);
            log_.publish();
        }
    }

    [[nodiscard]] Outcome compare(std::string const& before, std::string const& after,
                                  std::vector<std::string> const& more) const {
        write_file(dir_ / "old", before);
        write_file(dir_ / "new", after);
        std::vector<std::string> arguments{"checkpoint", dir_ / "old", dir_ / "new", "--vkey", log_.vkey()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_json(arguments);
    }

    [[nodiscard]] Outcome compare(std::string const& before, std::string const& after) const {
        return compare(before, after, {"--log", log_.place()});
    }

    /// What the log would have been, had entry 5 been another one.
    [[nodiscard]] std::string forked(std::uint64_t size) const {
        std::vector<crypto::Digest> leaves;
        for (std::uint64_t i = 0; i != size; ++i)
            leaves.push_back(crypto::leaf_hash(as_bytes(log_.entry(i == 5 ? 6 : i))));
        return log_.signed_head(size, crypto::test::NaiveTree(leaves).root(size));
    }

    TempDir dir_;
    TestLog log_;
};

TEST_F(CheckpointCommand, ShowsThatTheLaterTreeBeginsWithTheEarlier) {
    for (std::uint64_t const before : {0U, 1U, 5U, 255U, 256U, 299U, 512U, 699U, 700U})
        for (std::uint64_t const after : {300U, 512U, 700U}) {
            if (before > after) continue;
            Outcome const outcome = compare(log_.checkpoint(before), log_.checkpoint(after));
            expect_proven(outcome);
            EXPECT_EQ(outcome.answer.at("old_size"), json::Value(before));
            EXPECT_EQ(outcome.answer.at("new_size"), json::Value(after));
            EXPECT_TRUE(tells(outcome, "proven", "begins with the one of " + std::to_string(before)));
            EXPECT_TRUE(tells(outcome, "not_proven", "no witness"));
        }
}

TEST_F(CheckpointCommand, NeedsNoTilesWhereTheSizesSayAll) {
    expect_proven(compare(log_.checkpoint(300), log_.checkpoint(300), {}));
    expect_proven(compare(log_.checkpoint(0), log_.checkpoint(300), {}));
    expect_not_checked(compare(log_.checkpoint(1), log_.checkpoint(300), {}), "no_log");
}

TEST_F(CheckpointCommand, RefutesAFork) {
    for (std::uint64_t const size : {6U, 256U, 300U, 512U, 700U})
        expect_refuted(compare(forked(size), log_.checkpoint(700)), "forked");
    // Entry 5 is not in the tree of five, so up to there both are one log.
    expect_proven(compare(log_.checkpoint(5), log_.checkpoint(700)));
}

TEST_F(CheckpointCommand, RefutesALogThatWentBack) {
    expect_refuted(compare(log_.checkpoint(700), log_.checkpoint(300)), "smaller");
}

TEST_F(CheckpointCommand, RefutesTilesThatDoNotGiveTheRoot) {
    expect_refuted(compare(log_.checkpoint(300), forked(700)), "wrong_tiles");
    for (char const* const tile : {"tile/0/001", "tile/1/000.p/2", "tile/0/002.p/188"}) {
        flip(log_.path(tile), 8);
        expect_refuted(compare(log_.checkpoint(300), log_.checkpoint(700)), "wrong_tiles");
        // Nor is a damaged tile taken for a fork, or hides one.
        expect_refuted(compare(forked(300), log_.checkpoint(700)), "wrong_tiles");
        flip(log_.path(tile), 8);
    }
    std::filesystem::resize_file(log_.path("tile/0/001"), 8191);
    expect_not_checked(compare(log_.checkpoint(300), log_.checkpoint(700)), "wrong_tile_length");
}

TEST_F(CheckpointCommand, RefutesSignaturesThatAreNotTheLogs) {
    std::string const good = log_.checkpoint(700);
    expect_refuted(compare(replaced(log_.checkpoint(300), "\n300\n", "\n301\n"), good), "bad_signature");
    expect_refuted(compare(log_.checkpoint(300), replaced(good, "\n700\n", "\n699\n")), "bad_signature");
    write_file(dir_ / "old", log_.checkpoint(300));
    write_file(dir_ / "new", good);
    expect_not_checked(
        run_json({"checkpoint", dir_ / "old", dir_ / "new", "--vkey", TestLog::foreign_vkey()}),
        "not_signed");
    expect_not_checked(compare(good.substr(0, good.size() / 2), good), "malformed_note");
    for (char const* const name : {"old", "new"})
        expect_not_checked_in_place_of(dir_ / name, [&] {
            return run_json({"checkpoint", dir_ / "old", dir_ / "new", "--vkey", log_.vkey()});
        });
    expect_refuted(compare(log_.checkpoint(1), log_.signed_head(~std::uint64_t{0}, {})), "log_too_large");
}

TEST_F(CheckpointCommand, TakesAFullTileWhereThePartialOneIsGone) {
    std::filesystem::remove_all(log_.path("tile/0/001.p"));
    expect_proven(compare(log_.checkpoint(255), log_.checkpoint(300)));
    std::filesystem::remove(log_.path("tile/0/001"));
    expect_not_checked(compare(log_.checkpoint(255), log_.checkpoint(300)), "missing_from_log");
}

TEST_F(CheckpointCommand, ComparesOneLogOnly) {
    TestLog other(dir_ / "other", "sponsio.example/log/2");
    other.fill(700);
    expect_not_checked(compare(other.checkpoint(300), log_.checkpoint(700), {"--vkey", other.vkey()}),
                       "several_logs");
    expect_not_checked(compare(log_.checkpoint(700), other.checkpoint(700), {"--vkey", other.vkey()}),
                       "several_logs");
}

TEST_F(CheckpointCommand, SaysWhatIsNoLog) {
    auto const at = [&](std::string const& place) {
        return compare(log_.checkpoint(1), log_.checkpoint(700), {"--log", place});
    };
    expect_not_checked(at(dir_ / "none"), "no_log");
    expect_not_checked(at("http://sponsio.example/log/1"), "bad_address");
    expect_not_checked(at("https://sponsio.example/log/1?x"), "bad_address");
}

}  // namespace
}  // namespace sponsio::verify::test
