#include "server/http/target.hpp"

#include <gtest/gtest.h>

namespace sponsio::http {
namespace {

TEST(Target, SplitsBeforeItDecodes) {
    Target target;
    ASSERT_TRUE(target.assign("/v1/%E5%BC%A0%E4%B8%89/a%20b?q=x%26y&n=1+2&flag"));
    ASSERT_EQ(target.segments(), 3U);
    EXPECT_EQ(target.segment(0), "v1");
    EXPECT_EQ(target.segment(1), "张三");
    EXPECT_EQ(target.segment(2), "a b");
    EXPECT_EQ(target.path(), "/v1/%E5%BC%A0%E4%B8%89/a%20b");
    EXPECT_EQ(target.query("q"), "x&y");
    EXPECT_EQ(target.query("n"), "1 2");
    EXPECT_EQ(target.query("flag"), "");
    EXPECT_EQ(target.query("absent"), std::nullopt);
    EXPECT_EQ(target.parameters(), 3U);
}

TEST(Target, PlusIsAPlusInAPath) {
    Target target;
    ASSERT_TRUE(target.assign("/a+b"));
    EXPECT_EQ(target.segment(0), "a+b");
}

TEST(Target, TakesTheAbsoluteForm) {
    Target target;
    ASSERT_TRUE(target.assign("https://localhost:8443/v1/me?x=1"));
    EXPECT_EQ(target.path(), "/v1/me");
    EXPECT_EQ(target.query("x"), "1");
    ASSERT_TRUE(target.assign("http://localhost"));
    EXPECT_EQ(target.path(), "/");
}

TEST(Target, IsUsedAgain) {
    Target target;
    ASSERT_TRUE(target.assign("/a/b/c?d=e"));
    ASSERT_TRUE(target.assign("/x"));
    EXPECT_EQ(target.segments(), 1U);
    EXPECT_EQ(target.parameters(), 0U);
    EXPECT_EQ(target.query("d"), std::nullopt);
}

TEST(Target, KeepsOneEmptySegmentAtTheEnd) {
    Target target;
    ASSERT_TRUE(target.assign("/v1/"));
    ASSERT_EQ(target.segments(), 2U);
    EXPECT_EQ(target.segment(1), "");
}

class RefusedTarget : public testing::TestWithParam<std::string> {};

TEST_P(RefusedTarget, IsNotParsed) {
    Target target;
    EXPECT_FALSE(target.assign(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Forms, RefusedTarget,
                         testing::Values("", "v1", "*", "/a/../b", "/a/./b", "/..", "/%2e%2e/b", "/%2E",
                                         "/a%2Fb", "/a%2fb", "/a%5Cb", "/a\\b", "//a", "/a//b", "/%", "/%4",
                                         "/%zz", "/%00", "/a%0Ab", "/a%7F", "/%FF", "/%C0%AF", "/%ED%A0%80",
                                         "/%F4%90%80%80", "/%E5%BC", "/a?q=%", "/a?q=%00", "/a?%FF=1",
                                         "/a#b"));

TEST(Target, BoundsItsPieces) {
    Target target;
    std::string path, query = "/?";
    for (std::size_t i = 0; i != Target::max_segments; ++i) path += "/s";
    EXPECT_TRUE(target.assign(path));
    EXPECT_FALSE(target.assign(path + "/s"));
    for (std::size_t i = 0; i != Target::max_parameters; ++i) query += "a=1&";
    EXPECT_TRUE(target.assign(query));
    EXPECT_FALSE(target.assign(query + "a=1"));
}

}  // namespace
}  // namespace sponsio::http
