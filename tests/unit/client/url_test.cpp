#include "server/client/url.hpp"

#include <gtest/gtest.h>

namespace sponsio::client {
namespace {

TEST(Url, TakesWhatItCanSendTo) {
    for (char const* text : {"https://platform.test:8443/exchange/v1/batches/B-1?x=%20y",
                             "https://platform.test", "https://[::1]:9/", "https://127.0.0.1/x"})
        EXPECT_TRUE(is_https_url(text)) << text;
}

TEST(Url, RefusesWhatItCannotSendTo) {
    for (char const* text :
         {"", "http://a.test/", "https://", "https:///x", "/x", "https://user@a.test/",
          "https://a.test/#part", "https://a.test/ b", "ftp://a.test/", "https://a.test:port/",
          "https://a.test:80x/", "https://a.test:65536/", "https://a.test:0/", "HTTPS:a.test"})
        EXPECT_FALSE(is_https_url(text)) << text;
}

TEST(Url, HasAHost) {
    EXPECT_EQ(host_of("https://a.test:1/x"), "a.test");
    EXPECT_EQ(host_of("https://[::1]:9/"), "[::1]");
    EXPECT_EQ(host_of("nonsense"), "");
}

}  // namespace
}  // namespace sponsio::client
