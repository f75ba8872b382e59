#include "crypto/slot_file.hpp"

#include "crypto/keys/store.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sponsio::crypto {
namespace {

class SlotFileTest : public testing::Test {
  protected:
    void write(std::string const& text) { SlotFile(path()).write(text).value(); }

    [[nodiscard]] std::vector<std::string> texts() const { return SlotFile(path()).read().value().texts; }

    void damage(std::size_t slot) {
        std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
        auto const at = static_cast<std::streamoff>(slot * SlotFile::slot_size + 80);
        file.seekg(at);
        char const byte = static_cast<char>(file.get() ^ 1);
        file.seekp(at);
        file.put(byte);
    }

    [[nodiscard]] std::filesystem::path path() const { return directory.path() / "below" / "a.head"; }

    TempDir directory;
};

TEST_F(SlotFileTest, GivesTheLastTwoTextsNewestFirst) {
    EXPECT_TRUE(texts().empty());
    SlotFile file(path());
    for (std::string const text : {"one", "two", "three"}) {
        file.write(text).value();
        EXPECT_EQ(texts().front(), text);
    }
    EXPECT_EQ(texts(), (std::vector<std::string>{"three", "two"}));
    EXPECT_EQ(std::filesystem::file_size(path()), 2 * SlotFile::slot_size);
}

TEST_F(SlotFileTest, GoesOnAfterBeingOpenedAnew) {
    for (std::string const text : {"one", "two", "three", "four"}) write(text);
    EXPECT_EQ(texts(), (std::vector<std::string>{"four", "three"}));
}

TEST_F(SlotFileTest, ATornSlotLeavesTheOther) {
    for (std::string const text : {"one", "two"}) write(text);
    damage(0);  // the second text
    EXPECT_EQ(texts(), (std::vector<std::string>{"one"}));
    write("three");
    EXPECT_EQ(texts().front(), "three");
    EXPECT_EQ(texts().size(), 2U);
}

TEST_F(SlotFileTest, TwoDamagedSlotsAreSaid) {
    write("one");
    damage(0);
    damage(1);
    auto const read = SlotFile(path()).read();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, store_error::damaged);
}

TEST_F(SlotFileTest, AFileThatWasNotFinishedHoldsNothing) {
    std::filesystem::create_directories(path().parent_path());
    std::ofstream(path()) << std::string(SlotFile::slot_size, 'x');
    EXPECT_TRUE(texts().empty());
    write("one");
    EXPECT_EQ(texts().front(), "one");
}

TEST_F(SlotFileTest, AFileThatCannotBeWrittenIsAnError) {
    std::filesystem::create_directories(path());  // a directory in its place
    auto const written = SlotFile(path()).write("one");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, store_error::io);
}

TEST_F(SlotFileTest, TakesTextsUpToItsLimit) {
    std::string const longest(SlotFile::max_text, 'x');
    write(longest);
    EXPECT_EQ(texts().front(), longest);
    EXPECT_THROW((void)SlotFile(path()).write(longest + "x"), Failure);
}

// ---------------------------------------------------------------------------------------------------- copies
class CopyTest : public SlotFileTest {
  protected:
    [[nodiscard]] bool copied() const { return SlotFile(path()).read().value().copied; }

    [[nodiscard]] std::filesystem::path beside() const { return directory.path() / "beside"; }
};

TEST_F(CopyTest, IsTold) {
    write("one");
    EXPECT_FALSE(copied());
    std::filesystem::copy_file(path(), beside());
    std::filesystem::remove(path());
    std::filesystem::copy_file(beside(), path());
    EXPECT_TRUE(copied());
    EXPECT_EQ(texts().front(), "one");
    write("two");  // by somebody who knows that it may be taken for the original
    EXPECT_FALSE(copied());
}

TEST_F(CopyTest, AnotherNameIsNoCopy) {
    write("one");
    std::filesystem::rename(path(), beside());
    std::filesystem::rename(beside(), path());
    EXPECT_FALSE(copied());
}

TEST_F(CopyTest, WrittenOverTheOriginalIsToldAfterARenewal) {
    SlotFile file(path());
    file.write("one").value();
    std::filesystem::copy_file(path(), beside());
    file.renew();
    file.write("two").value();
    EXPECT_FALSE(copied());
    EXPECT_EQ(texts().front(), "two");
    std::ofstream(path(), std::ios::binary) << std::ifstream(beside(), std::ios::binary).rdbuf();
    EXPECT_TRUE(copied());
    EXPECT_EQ(texts().front(), "one");
}

// ------------------------------------------------------------------------------------------ several at one
// file
TEST_F(SlotFileTest, ReplacesOnlyWhatItHasSeen) {
    SlotFile one(path()), other(path());
    one.write("one").value();
    EXPECT_EQ(other.read().value().texts.front(), "one");
    one.write("two").value();
    auto const late = other.write("other two");
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, slot_error::changed);
    EXPECT_EQ(texts().front(), "two");
    EXPECT_EQ(other.read().value().texts.front(), "two");
    other.write("three").value();
    EXPECT_EQ(one.write("other three").error().code, slot_error::changed);
    EXPECT_EQ(texts().front(), "three");
}

TEST_F(SlotFileTest, SeesWhatWasWrittenToAFileThatReplacedIts) {
    SlotFile one(path()), other(path());
    one.write("one").value();
    other.read().value();
    other.renew();
    other.write("two").value();
    EXPECT_EQ(one.write("other two").error().code, slot_error::changed);
    EXPECT_EQ(texts().front(), "two");
}

/// Adds one to the number in the file as long as told to, and counts how often it was the one that did.
void count_on(std::filesystem::path const& path, std::atomic<int>& won, std::function<bool()> const& go_on) {
    SlotFile file(path);
    for (int i = 0; go_on(); ++i) {
        int const next = std::stoi(file.read().value().texts.front()) + 1;
        if (i % 10 == 0) file.renew();
        auto const written = file.write(std::to_string(next));
        if (written) ++won;
        if (!written) EXPECT_EQ(written.error().code, slot_error::changed);
    }
}

/// Of many that would put the same next number there, each number is put once.
TEST_F(SlotFileTest, AtOneTimeOneOfThemWins) {
    write("0");
    std::atomic<int> won = 0;
    auto const count_up = [&] { count_on(path(), won, [turn = 0]() mutable { return turn++ != 50; }); };
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i != 4; ++i) threads.emplace_back(count_up);
    }
    EXPECT_EQ(texts().front(), std::to_string(won));
}

/// Of a process that counts, is stopped in the middle of it, and goes on.
struct Shared {
    std::atomic<int> won = 0;
    std::atomic<bool> enough = false;
};

TEST_F(SlotFileTest, AWriterThatIsSuspendedIsOvertaken) {
    write("0");
    void* const memory =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    auto* const shared = new (memory) Shared;
    ::pid_t const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        count_on(path(), shared->won, [&] { return !shared->enough; });
        std::_Exit(testing::Test::HasFailure() ? 1 : 0);
    }
    std::atomic<int> won = 0;
    for (int turn = 0; turn != 3; ++turn) {
        ::kill(child, SIGSTOP);
        int const before = won;
        auto const stopped = std::chrono::steady_clock::now();
        count_on(path(), won, [&] { return won < before + 20; });
        EXPECT_LT(std::chrono::steady_clock::now() - stopped, SlotFile::patience + std::chrono::seconds(10));
        ::kill(child, SIGCONT);
        count_on(path(), won, [&] { return won < before + 40; });
    }
    shared->enough = true;
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(texts().front(), std::to_string(won + shared->won));
    ::munmap(memory, sizeof(Shared));
}

TEST_F(SlotFileTest, WhatIsLockedForeverIsReplacedByANewFile) {
    write("one");
    int const suspended = ::open(path().c_str(), O_RDWR);
    ASSERT_EQ(::flock(suspended, LOCK_EX), 0);
    SlotFile one(path()), other(path());
    EXPECT_EQ(other.read().value().texts.front(), "one");
    one.write("two").value();
    EXPECT_EQ(other.write("other two").error().code, slot_error::changed);
    EXPECT_EQ(texts().front(), "two");
    EXPECT_FALSE(SlotFile(path()).read().value().copied);
    ::close(suspended);
}

TEST_F(SlotFileTest, AFileThatWasRemovedIsMadeAnew) {
    SlotFile file(path());
    file.write("one").value();
    std::filesystem::remove(path());
    file.write("two").value();
    EXPECT_EQ(texts().front(), "two");
}

}  // namespace
}  // namespace sponsio::crypto
