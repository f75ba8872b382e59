#include "server/client/retry_after.hpp"

#include <gtest/gtest.h>

namespace sponsio::client {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

/// Wednesday, by our clock.
constexpr Instant now{sys_days{std::chrono::year{2026} / 10 / 21} + 7h + 28min};

std::optional<std::chrono::seconds> after(std::string text, std::string date = {}) {
    Answer answer{.status = 503, .headers = {{"retry-after", std::move(text)}}, .received_at = now};
    if (!date.empty()) answer.headers.emplace_back("date", std::move(date));
    return retry_after(answer);
}

TEST(RetryAfter, IsSeconds) {
    EXPECT_EQ(after("120"), 120s);
    EXPECT_EQ(after("0"), 0s);
    EXPECT_EQ(after("86401"), 24h) << "never is a day";
    EXPECT_EQ(after("99999999999999999999"), 24h);
}

TEST(RetryAfter, IsADateInAnyOfThreeForms) {
    EXPECT_EQ(after("Wed, 21 Oct 2026 07:30:00 GMT"), 120s);
    EXPECT_EQ(after("Wednesday, 21-Oct-26 07:30:00 GMT"), 120s);
    EXPECT_EQ(after("Wed Oct 21 07:30:00 2026"), 120s);
    EXPECT_EQ(after("Fri, 31 Dec 2027 23:59:59 GMT"), 24h);
    EXPECT_EQ(after("Wed, 21 Oct 2026 07:27:59 GMT"), 0s) << "is past";
    EXPECT_EQ(after("Sun, 06 Nov 1994 08:49:37 GMT"), 0s);
}

/// Whose clock is wrong does not matter where the peer says what time it has.
TEST(RetryAfter, ADateCountsFromThePeersOwn) {
    EXPECT_EQ(after("Wed, 21 Oct 2026 09:30:00 GMT", "Wed, 21 Oct 2026 09:28:00 GMT"), 120s);
    EXPECT_EQ(after("Wed, 21 Oct 2026 07:30:00 GMT", "nonsense"), 120s);
}

TEST(RetryAfter, NonsenseSaysNothing) {
    for (char const* const text : {"", "-1", "soon", "1.5", "+5", "1e3", "120 s", "12:00",
                                   "Wed, 32 Oct 2026 07:30:00 GMT", "Wed, 21 Okt 2026 07:30:00 GMT"})
        EXPECT_FALSE(after(text)) << text;
    EXPECT_FALSE(retry_after(Answer{.status = 503}));
}

}  // namespace
}  // namespace sponsio::client
