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

TEST(Secret, LiesInLockedMemoryAndAlsoWhereThereIsNone) {
    EXPECT_FALSE(secrets_are_locked());
    EXPECT_FALSE(Secret(as_bytes("before")).is_set_apart());
    lock_secrets();
    ASSERT_TRUE(secrets_are_locked());
    Secret const small(as_bytes("key material"));
    EXPECT_TRUE(small.is_set_apart());
    Bytes const more_than_there_is(std::size_t{8} << 20, 7);
    Secret const large{ByteView(more_than_there_is)};
    EXPECT_FALSE(large.is_set_apart());
    EXPECT_TRUE(equal_constant_time(large.view(), more_than_there_is));
}

}  // namespace
}  // namespace sponsio::crypto
