#include "server/store/living_rows.hpp"

#include "server/domain/lifecycles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace sponsio::store {
namespace {

/// Lifecycles whose rows are proven in another way, and how.
std::map<std::string_view, std::string_view> const otherwise{
    {"credit record", "its status is signed, and each change is in the log"},
    {"grant", "its row carries a proof"},
    {"credit code", "its row has no state; nothing but the form of a number depends on it"},
};

TEST(LivingRows, EveryLifecycleIsHeldAgainstTheHistory) {
    auto const told = told_lifecycles();
    std::size_t seen = 0;
    domain::for_each_lifecycle([&](std::string_view, auto const& lifecycle) {
        ++seen;
        bool const known = std::ranges::find(told, lifecycle.name) != told.end();
        EXPECT_NE(known, otherwise.contains(lifecycle.name)) << lifecycle.name;
    });
    EXPECT_EQ(seen, told.size() + otherwise.size());
}

}  // namespace
}  // namespace sponsio::store
