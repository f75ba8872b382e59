#include "server/domain/lifecycles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <type_traits>

namespace sponsio::domain {
namespace {

PersonId somebody() {
    return PersonId{Uuid{}};
}

/// Facts of any kind: what a table says of a pair of state and event does not depend on them.
template <class Facts>
Facts facts() {
    if constexpr (std::is_default_constructible_v<Facts>)
        return {};
    else if constexpr (requires { Facts{.actor = somebody(), .drafted_by = somebody()}; })
        return {.actor = somebody(), .drafted_by = somebody()};
    else if constexpr (requires { Facts{.actor = somebody(), .holder = somebody(), .given_by = {}}; })
        return {.actor = somebody(), .holder = somebody(), .given_by = somebody()};
    else if constexpr (requires { Facts{.actor = somebody(), .proposed_by = somebody()}; })
        return {.actor = somebody(), .proposed_by = somebody()};
    else if constexpr (requires { Facts{.actor = somebody(), .filed_by = somebody(), .accepted_by = {}}; })
        return {
            .actor = somebody(), .filed_by = somebody(), .accepted_by = somebody(), .decided_by = somebody()};
    else if constexpr (requires { Facts{.actor = somebody(), .filed_by = somebody(), .proposed_by = {}}; })
        return {.actor = somebody(), .filed_by = somebody(), .proposed_by = somebody()};
    else if constexpr (requires { Facts{.actor = somebody(), .filed_by = somebody()}; })
        return {.actor = somebody(), .filed_by = somebody()};
    else if constexpr (requires { Facts{.actor = somebody(), .entered_by = somebody()}; })
        return {.actor = somebody(), .entered_by = somebody()};
    else if constexpr (requires { Facts{.actor = somebody(), .recorded_by = somebody()}; })
        return {.actor = somebody(), .recorded_by = somebody()};
    else if constexpr (requires {
                           Facts{.actor = somebody(), .requested_by = somebody(), .concluded_by = somebody()};
                       })
        return {.actor = somebody(), .requested_by = somebody(), .concluded_by = somebody()};
    else if constexpr (requires {
                           Facts{.actor = somebody(), .inspector = somebody(), .requested_by = somebody()};
                       })
        return {.actor = somebody(), .inspector = somebody(), .requested_by = somebody()};
    else if constexpr (requires { Facts{.actor = somebody(), .requested_by = somebody()}; })
        return {.actor = somebody(), .requested_by = somebody()};
    else
        return {.actor = somebody(), .reported_by = somebody()};
}

/// What the table does not have is refused with what is possible; what it has leads where it says, unless its
/// guard refuses, and nowhere else.
template <class L>
void walk(L const& lifecycle, int& allowed, int& forbidden) {
    auto const known = facts<typename L::Facts>();
    for (auto const& state : words<typename L::State>)
        for (auto const& event : words<typename L::Event>) {
            SCOPED_TRACE(std::string(lifecycle.name) + ": " + std::string(state.text) + " " +
                         std::string(event.text));
            auto const row = std::ranges::find_if(lifecycle.rows, [&](auto const& one) {
                return one.from == state.value && one.event == event.value;
            });
            auto const next = lifecycle.next(state.value, event.value, known);
            if (row == lifecycle.rows.end()) {
                ++forbidden;
                ASSERT_FALSE(next);
                EXPECT_EQ(next.error().problem, &problem::wrong_step);
                EXPECT_NE(next.error().detail.en.find(lifecycle.possible_from(state.value)),
                          std::string::npos);
                continue;
            }
            ++allowed;
            if (next) EXPECT_EQ(*next, row->to);
            if (!next) EXPECT_NE(row->guard.check, nullptr);
            if (row->guard.check) EXPECT_EQ(next.has_value(), row->guard.check(known).has_value());
        }
}

TEST(Lifecycles, EveryStepIsAllowedOrForbiddenAsTheTablesSay) {
    int lifecycles = 0, allowed = 0, forbidden = 0;
    for_each_lifecycle([&](char const*, auto const& lifecycle) {
        ++lifecycles;
        walk(lifecycle, allowed, forbidden);
    });
    EXPECT_GE(lifecycles, 23);
    EXPECT_GT(allowed, 150);
    EXPECT_GT(forbidden, allowed);
}

}  // namespace
}  // namespace sponsio::domain
