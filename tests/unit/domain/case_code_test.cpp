#include "server/domain/case_code.hpp"

#include "server/domain/removal.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sponsio::domain {
namespace {

std::array<std::uint8_t, 10> counted(std::uint8_t from) {
    std::array<std::uint8_t, 10> bytes{};
    for (std::size_t i = 0; i != bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(from + i * 37);
    return bytes;
}

TEST(CaseCode, EveryBitOfTheRandomBytesCounts) {
    std::array<std::uint8_t, 10> const none{};
    EXPECT_EQ(case_code_of(none), "0000-0000-0000-0000");
    std::set<std::string> codes{case_code_of(none)};
    for (std::size_t bit = 0; bit != 80; ++bit) {
        auto bytes = none;
        bytes[bit / 8] = static_cast<std::uint8_t>(1u << (bit % 8));
        codes.insert(case_code_of(bytes));
    }
    EXPECT_EQ(codes.size(), 81U);
    std::array<std::uint8_t, 10> all{};
    all.fill(0xFF);
    EXPECT_EQ(case_code_of(all), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
}

TEST(CaseCode, IsReadHoweverItWasTyped) {
    std::string const code = case_code_of(counted(3));
    std::string typed;
    for (char const c : code)
        if (c != '-') typed += static_cast<char>(c >= 'A' ? c - 'A' + 'a' : c);
    EXPECT_EQ(read_case_code(typed), code);
    EXPECT_EQ(read_case_code(" " + code + " "), code);
    EXPECT_EQ(read_case_code("oOiI-lL11-0000-1111"), "0011-1111-0000-1111");
    for (char const* wrong : {"", "0000-0000-0000-000", "0000-0000-0000-00000", "0000-0000-0000-000U", "零"})
        EXPECT_FALSE(read_case_code(wrong)) << wrong;
}

TEST(Removal, EndsWhenEverybodyHasConfirmedAndNotBefore) {
    Instant const now = parse_rfc3339("2026-03-02T01:00:00Z").value();
    auto const next = [&](RemovalState from, RemovalEvent event, RemovalFacts facts) {
        auto const to = removal_lifecycle.next(from, event, facts);
        return to ? std::string(word(*to)) : std::string(to.error().problem->slug);
    };
    using enum RemovalState;
    EXPECT_EQ(next(ordered, RemovalEvent::finish, {.waiting = 1, .now = now}), "conflict");
    EXPECT_EQ(next(ordered, RemovalEvent::finish, {.waiting = 0, .now = now}), "finished");
    EXPECT_EQ(next(overdue, RemovalEvent::confirm, {.waiting = 1, .now = now}), "overdue");
    EXPECT_EQ(next(ordered, RemovalEvent::run_out, {.due = now + std::chrono::seconds(1), .now = now}),
              "too-early");
    EXPECT_EQ(next(ordered, RemovalEvent::run_out, {.due = {}, .now = now}), "too-early");
    EXPECT_EQ(next(ordered, RemovalEvent::run_out, {.due = now, .now = now}), "overdue");
    for (RemovalEvent const event :
         {RemovalEvent::confirm, RemovalEvent::run_out, RemovalEvent::finish, RemovalEvent::call_off})
        for (RemovalState const from : {finished, called_off})
            EXPECT_EQ(next(from, event, {.waiting = 0, .due = now, .now = now}), "wrong-step");
}

}  // namespace
}  // namespace sponsio::domain
