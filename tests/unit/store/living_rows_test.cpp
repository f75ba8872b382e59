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
        bool const known = std::ranges::find(told, lifecycle.name, &ToldLifecycle::name) != told.end();
        EXPECT_NE(known, otherwise.contains(lifecycle.name)) << lifecycle.name;
    });
    EXPECT_EQ(seen, told.size() + otherwise.size());
}

/// A word that no event has would be looked for in vain, and nobody would notice.
TEST(LivingRows, EveryEventIsOneOfItsLifecycle) {
    auto const told = told_lifecycles();
    domain::for_each_lifecycle([&](std::string_view, auto const& lifecycle) {
        auto const one = std::ranges::find(told, lifecycle.name, &ToldLifecycle::name);
        if (one == told.end()) return;
        for (std::string_view const event : one->events)
            EXPECT_TRUE(event == "created" || std::ranges::any_of(lifecycle.rows,
                                                                  [&](auto const& row) {
                                                                      return domain::word(row.event) == event;
                                                                  }))
                << lifecycle.name << ": " << event;
    });
}

}  // namespace
}  // namespace sponsio::store
