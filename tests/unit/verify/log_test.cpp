#include "crypto/log/tile.hpp"
#include "tests/unit/verify/world.hpp"

namespace sponsio::verify::test {
namespace {

class LogCommand : public testing::Test {
  protected:
    LogCommand() : log_(dir_ / "log") {}

    /// Publishes the log at that size.
    void grow(std::uint64_t size) {
        log_.fill(size);
        log_.publish();
    }

    [[nodiscard]] Outcome check(std::vector<std::string> const& more = {}) const {
        std::vector<std::string> arguments{"log", log_.place(), "--vkey", log_.vkey()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_json(arguments);
    }

    /// With an earlier checkpoint.
    [[nodiscard]] Outcome inquiry_since(std::string const& checkpoint) const {
        write_file(dir_ / "old", checkpoint);
        return check({"--old", dir_ / "old"});
    }

    TempDir dir_;
    TestLog log_;
};

TEST_F(LogCommand, ShowsWholeLogsOfManySizes) {
    for (std::uint64_t const size : {0U, 1U, 2U, 255U, 256U, 257U, 512U, 700U}) {
        grow(size);
        Outcome const outcome = check();
        expect_proven(outcome);
        EXPECT_EQ(outcome.answer.at("size"), json::Value(size));
        EXPECT_TRUE(tells(outcome, "proven", "each of the " + std::to_string(size) + " entries"));
        EXPECT_TRUE(tells(outcome, "not_proven", "no witness"));
        EXPECT_TRUE(tells(outcome, "not_proven", "--old"));
        json::Value const* const counted = outcome.answer.at("entries").find("commitment");
        if (size != 0) {
            ASSERT_NE(counted, nullptr);
            EXPECT_EQ(*counted, json::Value(size));
        }
    }
}

TEST_F(LogCommand, ShowsALogWithAFullTileOfTheSecondLevel) {
    grow(65'536 + 300);
    expect_proven(check());
    for (char const* const tile : {"tile/2/000.p/1", "tile/1/000"}) {
        flip(log_.path(tile), 12);
        expect_refuted(check(), "wrong_tile");
        flip(log_.path(tile), 12);
    }
}

TEST_F(LogCommand, RefutesOneFlippedBitAnywhere) {
    grow(700);
    for (char const* const tile : {"tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"})
        for (bool const at_end : {false, true}) {
            std::size_t const at = at_end ? std::filesystem::file_size(log_.path(tile)) - 1 : 0;
            flip(log_.path(tile), at);
            expect_refuted(check(), "wrong_tile");
            flip(log_.path(tile), at);
        }
    for (char const* const bundle : {"tile/entries/000", "tile/entries/001", "tile/entries/002.p/188"}) {
        // In the digest: the entry stays one of this log's form.
        auto const digit = read_file(log_.path(bundle)).find("digest") + 12;
        flip(log_.path(bundle), digit);
        expect_refuted(check(), "wrong_tile");
        flip(log_.path(bundle), digit);
        flip(log_.path(bundle), 5);
        expect_refuted(check(), "malformed_log_entry");
        flip(log_.path(bundle), 5);
        flip(log_.path(bundle), 0);
        expect_not_checked(check(), "bad_bundle");
        flip(log_.path(bundle), 0);
    }
    expect_proven(check());
    replace_in(log_.path("checkpoint"), "\n700\n", "\n699\n");
    expect_refuted(check(), "bad_signature");
}

TEST_F(LogCommand, RefutesALogThatIsNotTheSignedOne) {
    grow(700);
    // Entries and tiles fit together, but another tree was signed.
    write_file(log_.path("checkpoint"), log_.signed_head(700, crypto::Digest{}));
    expect_refuted(check(), "wrong_root");
    write_file(log_.path("checkpoint"), log_.signed_head(~std::uint64_t{0}, crypto::Digest{}));
    expect_refuted(check(), "log_too_large");
    expect_not_checked(run_json({"log", log_.place(), "--vkey", TestLog::foreign_vkey()}), "not_signed");
}

TEST_F(LogCommand, SaysNothingOfACopyThatIsNotWhole) {
    grow(300);
    auto const path = log_.path("tile/entries/001.p/44");
    std::string const good = read_file(path);
    std::string const first = good.substr(0, 2 + log_.entry(256).size());
    write_file(path, good + first);
    expect_not_checked(check(), "wrong_bundle");
    write_file(path, good.substr(first.size()));
    expect_not_checked(check(), "wrong_bundle");
    write_file(path, good.substr(0, good.size() / 2 + 5));
    expect_not_checked(check(), "bad_bundle");
    write_file(path, good);
    std::string const tile = read_file(log_.path("tile/0/000"));
    write_file(log_.path("tile/0/000"), tile.substr(0, 100));
    expect_not_checked(check(), "wrong_tile_length");
    write_file(log_.path("tile/0/000"), tile);
    expect_proven(check());
}

TEST_F(LogCommand, RefutesEntriesWithMoreThanKindTimeAndDigest) {
    log_.fill(10);
    log_.add(R"({"digest":")" + std::string(64, '0') +
             R"(","kind":"record","name":"x","time":"2026-03-02T01:00:06Z"})");
    log_.publish();
    expect_refuted(check(), "malformed_log_entry");
}

TEST_F(LogCommand, ComparesWithEarlierCheckpoints) {
    grow(700);
    std::vector<std::string> arguments;
    for (std::uint64_t const size : {699U, 0U, 1U, 256U, 300U, 700U}) {
        std::string const path = dir_ / std::to_string(size);
        write_file(path, log_.checkpoint(size));
        arguments.insert(arguments.end(), {"--old", path});
    }
    Outcome const outcome = check(arguments);
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "proven", "6 earlier checkpoints"));
    EXPECT_FALSE(tells(outcome, "not_proven", "--old"));
}

TEST_F(LogCommand, RefutesAFork) {
    log_.fill(700);
    std::string const honest = log_.checkpoint(300);
    log_.publish();
    expect_proven(inquiry_since(honest));
    for (std::uint64_t const size : {1U, 256U, 300U, 700U})
        expect_refuted(inquiry_since(log_.signed_head(size, crypto::Digest{})), "forked");
    expect_refuted(inquiry_since(log_.signed_head(0, crypto::Digest{})), "forked");
    // What a server on a restored older database would do.
    TestLog restored(dir_ / "restored");
    expect_not_checked(inquiry_since(restored.checkpoint(0)), "not_signed");
    std::string const newest = log_.checkpoint(700);
    write_file(log_.path("checkpoint"), honest);
    std::filesystem::create_directories(log_.path("tile/0/001.p"));
    expect_refuted(inquiry_since(newest), "smaller");
}

TEST_F(LogCommand, ComparesWithItsOwnPastOnly) {
    grow(10);
    TestLog other(dir_ / "other", "sponsio.example/log/2");
    other.fill(10);
    write_file(dir_ / "old", other.checkpoint(10));
    expect_not_checked(check({"--vkey", other.vkey(), "--old", dir_ / "old"}), "several_logs");
}

TEST_F(LogCommand, TakesFullTilesWherePartialOnesAreGone) {
    grow(700);
    write_file(log_.path("checkpoint"), log_.checkpoint(300));
    ASSERT_FALSE(std::filesystem::exists(log_.path("tile/0/001.p/44")));
    // The tile of level 1 has grown from one hash to two and was replaced; that one has no full form yet.
    expect_not_checked(check(), "missing_from_log");
    write_file(log_.path("tile/1/000.p/1"), read_file(log_.path("tile/1/000.p/2")).substr(0, 32));
    expect_proven(check());
}

TEST_F(LogCommand, SaysWhatIsMissing) {
    grow(700);
    for (char const* const name : {"checkpoint", "tile/entries/001", "tile/0/002.p/188", "tile/1/000.p/2"}) {
        std::string const kept = read_file(log_.path(name));
        std::filesystem::remove(log_.path(name));
        Outcome const outcome = check();
        expect_not_checked(outcome, "missing_from_log");
        EXPECT_NE(outcome.answer.at("error").as_string().find(name), std::string::npos);
        write_file(log_.path(name), kept);
    }
    expect_not_checked(run_json({"log", dir_ / "none", "--vkey", log_.vkey()}), "no_log");
    write_file(log_.path("tile/0/000"), std::string(9000, 'x'));
    expect_not_checked(check(), "file_too_large");
}

}  // namespace
}  // namespace sponsio::verify::test
