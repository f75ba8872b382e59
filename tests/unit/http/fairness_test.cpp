#include "server/http/budget.hpp"
#include "server/http/doorman.hpp"
#include "server/http/rate.hpp"
#include "server/http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sponsio::http::test {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

Moment const start = Moment{} + 1000h;

TEST(Network, IsAnAddressOrASubscribersPrefix) {
    auto const of = [](char const* text) { return network_of(make_address(text)); };
    EXPECT_NE(of("192.0.2.1"), of("192.0.2.2"));
    EXPECT_EQ(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    EXPECT_EQ(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
    EXPECT_NE(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
}

TEST(Bucket, GivesAQuotaAtOnceAndThenTheRate) {
    Rate const rate{5};
    Bucket bucket;
    for (int i = 0; i != 50; ++i) ASSERT_FALSE(bucket.take(rate, start)) << i;
    EXPECT_EQ(bucket.left(rate, start), 0);
    EXPECT_EQ(bucket.take(rate, start), std::optional<std::chrono::nanoseconds>(200ms));
    EXPECT_EQ(bucket.left(rate, start + 1s), 5);
    EXPECT_FALSE(bucket.take(rate, start + 200ms));
    EXPECT_TRUE(bucket.take(rate, start + 200ms));
    EXPECT_EQ(bucket.left(rate, start + 11s), 50);
    EXPECT_FALSE(bucket.take(Rate{}, start));  // no limit
}

TEST(Rates, AreSetForAllOrForOne) {
    Rates rates;
    for (char const* good :
         {"account.read=7", "organisation.frequent=unlimited", "address.open=1", "192.0.2.1.open=unlimited",
          "2001:db8::1.open=9", "019cac0f-0000-7000-8000-000000000000.costly=3"})
        EXPECT_TRUE(rates.take_up(good)) << good;
    for (char const* bad :
         {"", "account.read", "account.read=", "account.read=0", "account.read=-1", "account.read=1.5",
          "account.write=1", "account.open=1", "address.read=1", "clerk.read=1", ".read=1", "read=1"})
        EXPECT_FALSE(rates.take_up(bad)) << bad;
    EXPECT_EQ(rates.of_account[static_cast<std::size_t>(Cost::read)].per_second, 7U);
    EXPECT_TRUE(rates.take_up("unlimited"));
    EXPECT_EQ(rates.of_account[static_cast<std::size_t>(Cost::change)].per_second, 0U);
    EXPECT_TRUE(rates.of_single.empty());
}

int accepted(RateLimiter& limiter, Asker const& who, Cost cost, int tries) {
    int count = 0;
    for (int i = 0; i != tries; ++i) {
        auto const state = limiter.count(who, cost, start);
        count += state && state->refused() ? 0 : 1;
    }
    return count;
}

TEST(RateLimiter, CountsAccountsOrganisationsAndAddressesApart) {
    Rates rates;
    for (char const* setting :
         {"account.read=2", "organisation.read=3", "address.open=1", "4711.read=unlimited"})
        ASSERT_TRUE(rates.take_up(setting));
    RateLimiter limiter(rates);
    EXPECT_EQ(accepted(limiter, {.account = "a", .organisation = "o", .network = 1}, Cost::read, 100), 20);
    EXPECT_EQ(accepted(limiter, {.account = "b", .organisation = "o", .network = 1}, Cost::read, 100), 10);
    EXPECT_EQ(accepted(limiter, {.account = "c", .organisation = "p", .network = 1}, Cost::read, 100), 20);
    EXPECT_EQ(accepted(limiter, {.account = "4711", .organisation = "q", .network = 1}, Cost::read, 100), 30);
    EXPECT_EQ(accepted(limiter, {.network = 1}, Cost::open, 100), 10);
    EXPECT_EQ(accepted(limiter, {.network = 2}, Cost::open, 100), 10);
}

TEST(Budget, NobodyHasMoreThanAPart) {
    Budget budget(10, 6);
    Budget::Held one, two, three, four;
    EXPECT_EQ(budget.take(1, 5, one), Budget::Answer::given);
    EXPECT_EQ(budget.take(1, 2, two), Budget::Answer::enough_for_one);
    EXPECT_EQ(budget.take(2, 5, two), Budget::Answer::given);
    EXPECT_EQ(budget.take(3, 1, three), Budget::Answer::all_taken);
    one = {};
    EXPECT_EQ(budget.take(3, 5, three), Budget::Answer::given);
    two = std::move(four);
    EXPECT_EQ(budget.take(1, 5, one), Budget::Answer::given);
}

Limits small() {
    Limits limits;
    limits.connections = 6;
    limits.per_network = 4;
    limits.turned_away = 1;
    return limits;
}

struct Door {
    Limits limits = small();
    Doorman doorman{limits};
    boost::asio::io_context io;

    Doorman::Entered enter(Network network) { return doorman.enter(network, io.get_executor(), false); }
};

TEST(Doorman, OneNetworkDoesNotTakeAll) {
    Door door;
    std::vector<Doorman::Entered> flood;
    for (int i = 0; i != 10; ++i) flood.push_back(door.enter(1));
    // Each is served, for the idlest of the same network goes.
    EXPECT_TRUE(
        std::ranges::all_of(flood, [](auto const& one) { return one.answer == Doorman::Answer::served; }));
    EXPECT_EQ(std::ranges::count_if(flood, [](auto const& one) { return one.guest->gave_way.load(); }), 6);
    EXPECT_TRUE(flood.front().guest->gave_way);
    EXPECT_FALSE(flood.back().guest->gave_way);
    std::vector<Doorman::Entered> others;
    for (Network network = 2; network != 6; ++network) others.push_back(door.enter(network));
    EXPECT_TRUE(std::ranges::none_of(others, [](auto const& one) { return one.guest->gave_way.load(); }));
    EXPECT_EQ(std::ranges::count_if(flood, [](auto const& one) { return one.guest->gave_way.load(); }), 8);
}

TEST(Doorman, NobodyAtWorkGivesWay) {
    Door door;
    std::vector<Doorman::Entered> busy;
    for (int i = 0; i != 4; ++i) busy.push_back(door.enter(1));
    for (auto const& one : busy) one.guest->has_work();
    auto const more = door.enter(1);
    EXPECT_EQ(more.answer, Doorman::Answer::turned_away);
    EXPECT_EQ(door.enter(1).answer, Doorman::Answer::closed);
    EXPECT_EQ(door.enter(2).answer, Doorman::Answer::served);
    door.doorman.leave(busy.front().guest);
    EXPECT_EQ(door.enter(1).answer, Doorman::Answer::served);
    door.doorman.leave(more.guest);
}

}  // namespace
}  // namespace sponsio::http::test
