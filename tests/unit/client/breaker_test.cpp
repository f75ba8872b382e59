#include "server/client/breaker.hpp"

#include <gtest/gtest.h>

namespace sponsio::client {
namespace {

using namespace std::chrono_literals;
using State = Breaker::State;

constexpr Instant start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

TEST(Breaker, OpensAfterSoManyFailuresInARow) {
    Breaker breaker(3, 30s);
    for (int i = 0; i != 2; ++i) {
        EXPECT_TRUE(breaker.admit(start));
        breaker.failed(start);
    }
    breaker.succeeded();
    for (int i = 0; i != 2; ++i) breaker.failed(start);
    EXPECT_EQ(breaker.state(), State::closed) << "a success in between begins the count anew";
    EXPECT_TRUE(breaker.admit(start));
    breaker.failed(start);
    EXPECT_EQ(breaker.state(), State::open);
    EXPECT_FALSE(breaker.admit(start));
    EXPECT_EQ(breaker.open_since(), start);
}

TEST(Breaker, LetsOneProbeOutAfterThePause) {
    Breaker breaker(1, 30s);
    breaker.failed(start);
    EXPECT_FALSE(breaker.admit(start + 29s));
    EXPECT_TRUE(breaker.ready(start + 30s));
    EXPECT_TRUE(breaker.admit(start + 30s));
    EXPECT_EQ(breaker.state(), State::half_open);
    EXPECT_FALSE(breaker.admit(start + 31s)) << "one, not more";
    breaker.failed(start + 32s);
    EXPECT_EQ(breaker.state(), State::open);
    EXPECT_EQ(breaker.open_since(), start) << "it was never closed since";
    EXPECT_FALSE(breaker.admit(start + 61s));
    EXPECT_TRUE(breaker.admit(start + 62s));
    breaker.succeeded();
    EXPECT_EQ(breaker.state(), State::closed);
    EXPECT_FALSE(breaker.open_since());
    EXPECT_TRUE(breaker.admit(start + 62s));
}

TEST(Breaker, AProbeOfWhichNothingWasHeardIsNotTheLast) {
    Breaker breaker(1, 30s);
    breaker.failed(start);
    EXPECT_TRUE(breaker.admit(start + 30s));
    EXPECT_FALSE(breaker.admit(start + 59s));
    EXPECT_TRUE(breaker.admit(start + 60s));
}

TEST(Breaker, HasAWordForEachState) {
    EXPECT_EQ(name(State::closed), "closed");
    EXPECT_EQ(name(State::open), "open");
    EXPECT_EQ(name(State::half_open), "half_open");
}

TEST(TokenBucket, GivesSoManyASecondAndNoMoreAfterALongPause) {
    TokenBucket bucket(2);
    EXPECT_TRUE(bucket.take(start));
    EXPECT_TRUE(bucket.take(start));
    EXPECT_FALSE(bucket.take(start));
    EXPECT_FALSE(bucket.take(start + 499ms));
    EXPECT_TRUE(bucket.take(start + 500ms));
    EXPECT_FALSE(bucket.take(start + 500ms));
    EXPECT_TRUE(bucket.take(start + 1h));
    EXPECT_TRUE(bucket.take(start + 1h));
    EXPECT_FALSE(bucket.take(start + 1h));
}

TEST(TokenBucket, GivesNothingForAClockThatWentBack) {
    TokenBucket bucket(1);
    EXPECT_TRUE(bucket.take(start));
    EXPECT_FALSE(bucket.take(start - 1h));
    EXPECT_FALSE(bucket.take(start));
    EXPECT_TRUE(bucket.take(start + 1s));
}

}  // namespace
}  // namespace sponsio::client
