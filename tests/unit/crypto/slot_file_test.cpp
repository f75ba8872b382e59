#include "crypto/slot_file.hpp"

#include "crypto/key_store.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace sponsio::crypto {
namespace {

class SlotFileTest : public testing::Test {
  protected:
    void write(std::string const& text) { SlotFile(path()).write(text).value(); }

    [[nodiscard]] std::vector<std::string> texts() const { return SlotFile(path()).read().value(); }

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

}  // namespace
}  // namespace sponsio::crypto
