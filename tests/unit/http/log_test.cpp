#include "server/base/log.hpp"

#include "server/base/sealed.hpp"
#include "tests/unit/http/house.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>

namespace sponsio::log {
namespace {

constexpr Instant moment{};

struct Resident {
    std::string name;
};

static_assert(Loggable<CommitmentId> && Loggable<Date> && Loggable<char const*> &&
              Loggable<std::chrono::seconds>);
static_assert(!Loggable<Sealed<std::string>> && !Loggable<Sealed<int>> && !Loggable<Resident>);
template <class T>
concept Field_from = std::constructible_from<Field, Key, T>;
static_assert(Field_from<int> && !Field_from<Sealed<std::string>>);

TEST(LogLine, IsOneJsonObject) {
    std::string const text = line(moment, Level::warn, "room.what_happened",
                                  {{Key::id, CommitmentId{Uuid{}}},
                                   {Key::status, 201},
                                   {Key::count, std::uint64_t{1} << 63},
                                   {Key::ms, std::chrono::microseconds(1500)},
                                   {Key::due_at, moment},
                                   {Key::name, true}});
    EXPECT_EQ(text, R"({"ts":"1970-01-01T00:00:00.000000Z","level":"warn","event":"room.what_happened",)"
                    R"("id":"00000000-0000-0000-0000-000000000000","status":201,"count":9223372036854775808,)"
                    R"("ms":1.500,"due_at":"1970-01-01T00:00:00.000000Z","name":true})");
    EXPECT_NO_THROW((void)boost::json::parse(text));
}

TEST(LogLine, StaysALineWhateverTheText) {
    std::string const hostile = std::string("a\"\\\n\x01\x7f", 6) + "\xFF\xC0\xAF" + "张三";
    std::string const text = line(moment, Level::info, "room.event", {{Key::cause, hostile}});
    EXPECT_EQ(text.find('\n'), std::string::npos);
    auto const read = boost::json::parse(text);
    EXPECT_EQ(read.at("cause").as_string(), "a\"\\\n\x01\x7f\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD张三");
}

TEST(LogLine, LeavesOutWhatIsEmptyAndWhatIsNoNumber) {
    std::string const text =
        line(moment, Level::info, "room.event", {{Key::cause, ""}, {Key::ms, std::nan("")}});
    EXPECT_EQ(boost::json::parse(text).as_object().size(), 4U);
    EXPECT_TRUE(boost::json::parse(text).at("ms").is_null());
}

TEST(LogKeys, AreAllDifferent) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i != static_cast<std::size_t>(Key::end_of_keys); ++i)
        EXPECT_TRUE(names.insert(name(static_cast<Key>(i))).second) << i;
}

TEST(Log, LosesNoErrorUnderAFlood) {
    TempDir const folder;
    auto const file = folder.path() / "log";
    ASSERT_TRUE(start({.file = file, .level = Level::info, .backlog = 4096}));
    std::vector<std::thread> writers;
    for (int w = 0; w != 4; ++w)
        writers.emplace_back([] {
            for (int i = 0; i != 2000; ++i) {
                info("test.flood", {{Key::count, i}});
                if (i % 100 == 0) error("test.error", {{Key::count, i}});
            }
        });
    for (std::thread& writer : writers) writer.join();
    debug("test.too_detailed");
    stop();
    int errors = 0;
    std::ifstream lines(file);
    for (std::string text; std::getline(lines, text);) {
        auto const read = boost::json::parse(text);
        EXPECT_NE(read.at("level").as_string(), "debug");
        if (read.at("event").as_string() == "test.error") ++errors;
    }
    EXPECT_EQ(errors, 4 * 20);
}

TEST(Log, SaysIfItsFileCannotBeOpened) {
    TempDir const folder;
    auto const started = start({.file = folder.path()});  // a folder
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().detail.en.find(folder.path().string()), std::string::npos);
}

/// The whole lines; one that is just being written has no end yet.
std::size_t lines_of(std::filesystem::path const& file) {
    std::ifstream lines(file);
    std::size_t count = 0;
    for (std::string text; std::getline(lines, text) && !lines.eof(); ++count)
        EXPECT_NO_THROW((void)boost::json::parse(text));
    return count;
}

TEST(Log, GoesOnInANewFileWithoutLosingALine) {
    TempDir const folder;
    auto const file = folder.path() / "log", moved = folder.path() / "log.1";
    ASSERT_TRUE(start({.file = file}));
    std::atomic<bool> stopping{false};
    std::size_t written = 0;
    std::thread writer([&] {
        for (; !stopping; ++written) info("test.line", {{Key::count, written}});
    });
    while (lines_of(file) < 100) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::filesystem::rename(file, moved);
    ASSERT_TRUE(reopen());
    while (lines_of(file) < 100) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    stopping = true;
    writer.join();
    stop();
    EXPECT_EQ(lines_of(file) + lines_of(moved), written);
}

TEST(Log, KeepsItsFileIfTheNewOneCannotBeOpened) {
    TempDir const folder;
    auto const file = folder.path() / "log", moved = folder.path() / "log.1";
    ASSERT_TRUE(start({.file = file}));
    std::filesystem::rename(file, moved);
    std::filesystem::create_directory(file);
    auto const refused = reopen();
    EXPECT_FALSE(refused);
    warn("test.still_here");
    stop();
    EXPECT_EQ(lines_of(moved), 1U);
}

TEST(Log, OnStandardErrorNeedsNoFile) {
    ASSERT_TRUE(start({}));
    EXPECT_TRUE(reopen());
    stop();
    EXPECT_TRUE(reopen());
}

}  // namespace
}  // namespace sponsio::log
