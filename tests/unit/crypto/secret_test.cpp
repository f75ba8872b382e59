#include "crypto/secret.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

TEST(EqualConstantTime, ComparesContentAndLength) {
    EXPECT_TRUE(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
    EXPECT_TRUE(equal_constant_time({}, {}));
    EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
    EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("ab")));
}

TEST(Secret, MovesAndLeavesNothingBehind) {
    Secret a(as_bytes("key material"));
    Secret b = std::move(a);
    EXPECT_EQ(as_text(b.view()), "key material");
    a = b.copy();
    EXPECT_EQ(as_text(a.view()), as_text(b.view()));
    a = std::move(b);
    EXPECT_EQ(as_text(a.view()), "key material");
}

}  // namespace
}  // namespace sponsio::crypto
