#include "text/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace sponsio {
namespace {

TEST(Result, HoldsAValueOrAnError) {
    Result<std::string> const good("x");
    ASSERT_TRUE(good);
    EXPECT_EQ(*good, "x");
    EXPECT_EQ(good->size(), 1U);
    EXPECT_THROW((void)good.error(), Failure);
    Result<std::string> const bad(Error{.code = "word", .message = "why", .where = "/x", .offset = 7});
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, "word");
    EXPECT_EQ(bad.error().offset, 7U);
    EXPECT_THROW((void)bad.value(), Failure);
}

TEST(Result, MovesWhatItHolds) {
    Result<std::unique_ptr<int>> owned(std::make_unique<int>(5));
    std::unique_ptr<int> const taken = *std::move(owned);
    EXPECT_EQ(*taken, 5);
}

TEST(Result, OfNothing) {
    Result<void> const good;
    EXPECT_TRUE(good);
    EXPECT_NO_THROW(good.value());
    EXPECT_THROW((void)good.error(), Failure);
    Result<void> const bad(Error{.code = "word"});
    EXPECT_FALSE(bad);
    EXPECT_EQ(bad.error().code, "word");
    EXPECT_THROW(bad.value(), Failure);
}

}  // namespace
}  // namespace sponsio
