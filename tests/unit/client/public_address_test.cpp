#include "server/client/public_address.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>

namespace sponsio::client {
namespace {

bool is_public_text(char const* text) {
    sockaddr_storage storage{};
    if (std::strchr(text, ':') == nullptr) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        EXPECT_EQ(::inet_pton(AF_INET, text, &in.sin_addr), 1) << text;
        std::memcpy(&storage, &in, sizeof in);
    } else {
        sockaddr_in6 in{};
        in.sin6_family = AF_INET6;
        EXPECT_EQ(::inet_pton(AF_INET6, text, &in.sin6_addr), 1) << text;
        std::memcpy(&storage, &in, sizeof in);
    }
    return is_public(reinterpret_cast<sockaddr const&>(storage));
}

/// The first and the last address of each block of the registries, and their neighbours outside.
TEST(PublicAddress, FollowsTheRegistriesOfSpecialAddresses) {
    for (char const* text :
         {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
          "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",     "172.15.255.255",
          "172.32.0.0",      "192.0.1.0",       "192.0.3.0",       "192.167.255.255", "192.169.0.0",
          "198.17.255.255",  "198.20.0.0",      "203.0.114.0",     "223.255.255.255", "2000::1",
          "2001:200::",      "2001:db7:ffff::", "2001:db9::",      "2003::",          "2408:8000::1",
          "3ffe:ffff::"})
        EXPECT_TRUE(is_public_text(text)) << text;
    for (char const* text : {"0.0.0.0",
                             "0.255.255.255",
                             "10.0.0.0",
                             "10.255.255.255",
                             "100.64.0.0",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.255",
                             "169.254.0.0",
                             "169.254.169.254",
                             "172.16.0.0",
                             "172.31.255.255",
                             "192.0.0.8",
                             "192.0.2.1",
                             "192.88.99.1",
                             "192.168.0.0",
                             "192.168.255.255",
                             "198.18.0.0",
                             "198.19.255.255",
                             "198.51.100.7",
                             "203.0.113.255",
                             "224.0.0.1",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "::ffff:127.0.0.1",
                             "::ffff:8.8.8.8",
                             "64:ff9b::a00:1",
                             "100::1",
                             "2001::1",
                             "2001:1ff::",
                             "2001:db8::1",
                             "2002:a00:1::",
                             "3fff:fff::1",
                             "fc00::1",
                             "fdff::1",
                             "fe80::1",
                             "ff02::1"})
        EXPECT_FALSE(is_public_text(text)) << text;
}

TEST(PublicAddress, NothingElseIsOne) {
    sockaddr local{};
    local.sa_family = AF_UNIX;
    EXPECT_FALSE(is_public(local));
}

}  // namespace
}  // namespace sponsio::client
