#include "server/base/problem.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace sponsio {
namespace {

TEST(Problems, AreNamedOnceAndInBothLanguages) {
    std::set<std::string_view> slugs;
    for (Problem const* problem : all_problems()) {
        EXPECT_TRUE(slugs.insert(problem->slug).second) << problem->slug;
        EXPECT_TRUE(problem->status >= 400 && problem->status < 600) << problem->slug;
        EXPECT_FALSE(problem->en.empty() || problem->zh.empty()) << problem->slug;
        EXPECT_TRUE(std::ranges::all_of(problem->slug, [](char c) {
            return (c >= 'a' && c <= 'z') || c == '-';
        })) << problem->slug;
    }
    EXPECT_TRUE(slugs.contains(problem::invalid.slug));
    EXPECT_TRUE(slugs.contains(problem::unavailable.slug));
}

}  // namespace
}  // namespace sponsio
