#include "server/service/unit/short_cache.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sponsio::service {
namespace {

using Names = ShortCache<int, std::string>;
using std::chrono::hours;

std::string text_of(Names::Kept const& kept) {
    return kept ? *kept : "nothing";
}

TEST(ShortCache, IsFoundForItsMoment) {
    Names names(hours(1), 10);
    EXPECT_EQ(text_of(names.find(1)), "nothing");
    names.keep(1, std::make_shared<std::string>("one"));
    EXPECT_EQ(text_of(names.find(1)), "one");
    EXPECT_EQ(text_of(names.find(2)), "nothing");
}

TEST(ShortCache, IsGoneWhenTheMomentIsOver) {
    Names names(hours(0), 10);
    names.keep(1, std::make_shared<std::string>("one"));
    EXPECT_EQ(text_of(names.find(1)), "nothing");
    names.keep(1, std::make_shared<std::string>("one again"));
    EXPECT_EQ(text_of(names.find(1)), "nothing");
}

TEST(ShortCache, KeepsNoMoreThanItMay) {
    Names names(hours(1), 2);
    for (int n = 1; n <= 3; ++n) names.keep(n, std::make_shared<std::string>(std::to_string(n)));
    EXPECT_EQ(text_of(names.find(2)), "2");
    EXPECT_EQ(text_of(names.find(3)), "nothing");
}

TEST(ShortCache, ForgetsWhatIsWrong) {
    Names names(hours(1), 2);
    names.keep(1, std::make_shared<std::string>("right"));
    names.keep(2, std::make_shared<std::string>("wrong"));
    names.forget([](std::string const& value) { return value == "wrong"; });
    EXPECT_EQ(text_of(names.find(1)), "right");
    EXPECT_EQ(text_of(names.find(2)), "nothing");
    names.keep(2, std::make_shared<std::string>("better"));
    EXPECT_EQ(text_of(names.find(2)), "better");
}

}  // namespace
}  // namespace sponsio::service
