#include "server/base/id.hpp"

#include <gtest/gtest.h>

namespace sponsio {
namespace {

// RFC 9562 appendix A.6: the example value of version 7.
TEST(Uuid, MatchesTheExampleOfRfc9562) {
    Instant const at{std::chrono::milliseconds{0x017F22E279B0}};
    std::array<std::uint8_t, 10> const random{0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
    EXPECT_EQ(Uuid::v7(at, random).text(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(Uuid, ReadsEitherCaseAndNothingElse) {
    auto const lower = Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    ASSERT_TRUE(lower);
    EXPECT_EQ(lower, Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"));
    EXPECT_EQ(lower->text(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    for (char const* text : {"", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                             "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2_79b0-7cc3-98c4-dc0c0c07398f",
                             "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f"})
        EXPECT_FALSE(Uuid::parse(text)) << text;
}

TEST(Uuid, LaterOnesSortLater) {
    std::array<std::uint8_t, 10> high{}, low{};
    high.fill(0xff);
    Instant const t{std::chrono::seconds{1'800'000'000}};
    EXPECT_LT(Uuid::v7(t, high), Uuid::v7(t + std::chrono::milliseconds{1}, low));
}

template <class A, class B>
concept Comparable = requires(A a, B b) { a == b; };

static_assert(Comparable<TaskId, TaskId> && !Comparable<TaskId, FindingId>);
static_assert(!std::is_convertible_v<Uuid, TaskId> && !std::is_default_constructible_v<TaskId>);

}  // namespace
}  // namespace sponsio
