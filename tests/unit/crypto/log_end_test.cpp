#include "crypto/log/end.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

Checkpoint ending(std::vector<std::string> lines) {
    return {.origin = "a.example/log/1", .size = 7, .root = {}, .extensions = std::move(lines)};
}

TEST(LogEndTest, IsReadBackAsItWasWritten) {
    LogEnd end{.at = "2026-11-29T13:00:00Z", .continues = "a.example/log/2"};
    EXPECT_EQ(end.lines(),
              (std::vector<std::string>{"ended 2026-11-29T13:00:00Z", "continues a.example/log/2"}));
    EXPECT_EQ(LogEnd::of(ending(end.lines())), end);
    end.published = LogEnd::Head{9, sha256(as_bytes("nine"))};
    EXPECT_EQ(end.lines().back(), "published 9 " + to_base64(end.published->root));
    auto const parsed = Checkpoint::parse(ending(end.lines()).text()).value();
    EXPECT_EQ(LogEnd::of(parsed), end);
}

TEST(LogEndTest, AnyOtherCheckpointEndsNothing) {
    std::string const ended = "ended 2026-11-29T13:00:00Z", continues = "continues a.example/log/2";
    for (std::vector<std::string> const& lines : std::vector<std::vector<std::string>>{
             {},
             {ended},
             {continues, ended},
             {"ended soon", continues},
             {"ended ", continues},
             {ended, "continues "},
             {ended, continues, "published nine"},
             {ended, continues, "published 9 AAAA"},
             {ended, continues, "published 09 " + to_base64(Digest{})},
             {ended, continues, "published 9 " + to_base64(Digest{}), "more"}})
        EXPECT_FALSE(LogEnd::of(ending(lines))) << lines.size();
}

}  // namespace
}  // namespace sponsio::crypto
