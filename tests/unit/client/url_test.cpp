#include "server/client/url.hpp"

#include <gtest/gtest.h>

namespace sponsio::client {
namespace {

TEST(Url, HasItsParts) {
    auto const url = parse_https_url("https://platform.test:8443/exchange/v1/batches/B-1?x=%20y");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "platform.test");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->authority, "platform.test:8443");
    EXPECT_EQ(url->target, "/exchange/v1/batches/B-1?x=%20y");
}

TEST(Url, FillsInWhatIsLeftOut) {
    auto const url = parse_https_url("https://platform.test");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->port, 443);
    EXPECT_EQ(url->target, "/");
}

TEST(Url, TakesAddresses) {
    auto const url = parse_https_url("https://[::1]:9/");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "::1");
    EXPECT_EQ(url->authority, "[::1]:9");
    EXPECT_EQ(parse_https_url("https://127.0.0.1/x")->host, "127.0.0.1");
}

TEST(Url, RefusesWhatItCannotSendTo) {
    for (char const* text :
         {"", "http://a.test/", "https://", "https:///x", "/x", "https://user@a.test/",
          "https://a.test/#part", "https://a.test/ b", "ftp://a.test/", "https://a.test:port/",
          "https://a.test:80x/", "https://a.test:65536/", "https://a.test:0/"})
        EXPECT_FALSE(parse_https_url(text)) << text;
}

}  // namespace
}  // namespace sponsio::client
