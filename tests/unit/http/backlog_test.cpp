#include "server/http/backlog.hpp"

#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace sponsio::http {
namespace {

namespace fs = std::filesystem;

/// Different at every place, so that a byte in the wrong one is seen.
std::string numbers(std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t n = from; n != to; ++n) text += std::to_string(n) + '\n';
    return text;
}

std::string take_all(Backlog& backlog, std::size_t at_once = 10'000) {
    std::string all;
    for (auto next = backlog.front(); !next.empty(); next = backlog.front()) {
        auto const piece = next.substr(0, at_once);
        all.append(piece);
        backlog.pop(piece.size());
    }
    return all;
}

/// What lies in files of that folder that have no name any more.
std::string on_disk(fs::path const& folder) {
    std::string all;
    for (auto const& open : fs::directory_iterator("/proc/self/fd")) {
        std::error_code ec;
        std::string const to = fs::read_symlink(open, ec).string();
        if (ec || !to.starts_with(folder.string()) || !to.ends_with("(deleted)")) continue;
        std::ifstream file(open.path(), std::ios::binary);
        all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
}

struct ABacklog : testing::Test {
    TempDir const folder;
    BacklogRoom room{.folder = folder.path(), .of_one = 1'000'000, .of_all = 1'500'000};
};

TEST_F(ABacklog, GivesBackWhatItGotInOrder) {
    Backlog backlog(room);
    EXPECT_TRUE(backlog.empty());
    std::string taken;
    for (std::size_t n = 0; n != 60'000; n += 1000) {
        ASSERT_TRUE(backlog.put(numbers(n, n + 1000)));
        if (n % 7000 == 0) {
            auto const next = backlog.front().substr(0, 777);
            taken.append(next);
            backlog.pop(next.size());
        }
    }
    EXPECT_FALSE(backlog.empty());
    taken += take_all(backlog);
    EXPECT_EQ(taken, numbers(0, 60'000));
    EXPECT_TRUE(backlog.empty());
    // The file is used from its beginning again.
    for (int round = 0; round != 5; ++round) {
        ASSERT_TRUE(backlog.put(numbers(0, 60'000)));
        EXPECT_EQ(take_all(backlog), numbers(0, 60'000));
    }
    EXPECT_LT(on_disk(folder.path()).size(), room.of_one);
}

TEST_F(ABacklog, KeepsNothingReadableAndNoName) {
    Backlog backlog(room);
    for (int i = 0; i != 20'000; ++i) ASSERT_TRUE(backlog.put("name: 张三 \n"));
    EXPECT_TRUE(fs::is_empty(folder.path()));
    std::string const stored = on_disk(folder.path());
    EXPECT_GT(stored.size(), 100'000U);
    EXPECT_EQ(stored.find("张三"), std::string::npos);
}

TEST_F(ABacklog, NeedsNoFileForALittle) {
    Backlog backlog(room);
    ASSERT_TRUE(backlog.put(std::string(100'000, 'x')));
    EXPECT_EQ(room.taken, 0U);
    EXPECT_EQ(take_all(backlog).size(), 100'000U);
}

TEST_F(ABacklog, IsFullAtTheLimitOfOneAndOfAll) {
    std::string const piece(50'000, 'x');
    auto const fill = [&](Backlog& backlog) {
        std::size_t kept = 0;
        while (kept < 10'000'000 && backlog.put(piece)) kept += piece.size();
        return kept;
    };
    Backlog first(room);
    std::size_t const of_first = fill(first);
    EXPECT_GT(of_first, 900'000U);
    EXPECT_LT(of_first, 1'300'000U);
    {
        Backlog second(room);
        EXPECT_LT(fill(second), 800'000U);
        EXPECT_LE(room.taken, room.of_all);
    }
    EXPECT_LE(room.taken, room.of_one);
    EXPECT_EQ(take_all(first).size(), of_first);
    EXPECT_TRUE(first.put(piece));  // there is room again
}

TEST_F(ABacklog, SaysSoWhenItsFolderIsGone) {
    room.folder = folder.path() / "gone";
    Backlog backlog(room);
    std::size_t kept = 0;
    while (kept < 10'000'000 && backlog.put(std::string(50'000, 'x'))) kept += 50'000;
    EXPECT_LT(kept, 300'000U);
    EXPECT_EQ(take_all(backlog).size(), kept);
}

}  // namespace
}  // namespace sponsio::http
