#include "tests/unit/db/group_commit_world.hpp"

#include <algorithm>

namespace sponsio::db::test {
namespace {

Sender sender(std::uint8_t group, std::uint8_t member = 0) {
    Sender who;
    who.group.bytes[0] = group;
    who.member.bytes[0] = member;
    return who;
}

/// Adds numbers of several parties from coroutines on one I/O thread, in the order given.
class Crowds {
  public:
    explicit Crowds(Numbers& group) : group_(group) {}

    void add(Sender const& who, std::int64_t number, Outcome<std::int64_t>& outcome) {
        auto one = [](Numbers& to, std::int64_t n, Sender of,
                      Outcome<std::int64_t>& into) -> asio::awaitable<void> {
            into = co_await to.add(n, in(30s), of);
        };
        asio::co_spawn(io_, one(group_, number, who, outcome), [](std::exception_ptr e) {
            if (e) std::rethrow_exception(e);
        });
    }

    void queue() { io_.poll(); }

    void answer() { io_.run(); }

  private:
    Numbers& group_;
    asio::io_context io_{1};
};

TEST_F(GroupCommitTest, PartiesTakeTurnsWhateverOneHasQueued) {
    Gate gate;
    std::vector<std::vector<std::int64_t>> rounds;
    auto const writer = gate.writer();
    Numbers group(options(), {Writer{[&](PgSession& db, std::span<std::int64_t const> items) {
                      auto out = writer.attempt(db, items);
                      rounds.emplace_back(items.begin(), items.end());
                      return out;
                  }}});
    Results outcomes(503, Outcome<std::int64_t>(fault(problem::internal, "never answered")));
    Crowds crowds(group);
    for (std::int64_t n = 0; n != 500; ++n) crowds.add(sender(1), n, outcomes[static_cast<std::size_t>(n)]);
    crowds.queue();
    gate.wait_until_entered();
    for (std::int64_t n = 500; n != 503; ++n) crowds.add(sender(2), n, outcomes[static_cast<std::size_t>(n)]);
    crowds.queue();
    gate.open();
    crowds.answer();
    for (auto const& outcome : outcomes) EXPECT_TRUE(outcome);
    // Nearly 500 were there before them, and they are in the round that begins after they came.
    ASSERT_GE(rounds.size(), 2U);
    for (std::int64_t n = 500; n != 503; ++n) EXPECT_EQ(std::ranges::count(rounds[1], n), 1) << n;
}

TEST_F(GroupCommitTest, WhoeverHasTheMostIsRefusedFirst) {
    Gate gate;
    auto small = options();
    small.max_pending = 100;
    Numbers group(small, {gate.writer()});
    Results flood(300, Outcome<std::int64_t>(fault(problem::internal, "never answered")));
    Results neighbour(20, Outcome<std::int64_t>(fault(problem::internal, "never answered")));
    Results colleague(20, Outcome<std::int64_t>(fault(problem::internal, "never answered")));
    Crowds crowds(group);
    crowds.add(sender(1, 1), 1000, flood[0]);
    crowds.queue();
    gate.wait_until_entered();
    for (std::int64_t n = 1; n != 300; ++n)
        crowds.add(sender(1, 1), 1000 + n, flood[static_cast<std::size_t>(n)]);
    for (std::int64_t n = 0; n != 20; ++n)
        crowds.add(sender(2, 1), n, neighbour[static_cast<std::size_t>(n)]);
    for (std::int64_t n = 0; n != 20; ++n)
        crowds.add(sender(1, 2), 100 + n, colleague[static_cast<std::size_t>(n)]);
    crowds.queue();
    EXPECT_EQ(group.stats().pending, 100U);
    gate.open();
    crowds.answer();
    for (auto const& outcome : neighbour) EXPECT_TRUE(outcome);
    for (auto const& outcome : colleague)
        EXPECT_TRUE(outcome);  // of the same group, but not the one who floods
    EXPECT_EQ(std::ranges::count_if(flood, [](auto const& one) { return one.has_value(); }), 61);
    for (auto const& outcome : flood)
        if (!outcome) EXPECT_EQ(outcome.error().problem, &problem::overloaded);
    EXPECT_EQ(group.stats().refused_full, 239U);
    EXPECT_EQ(stored(), 101);
}

}  // namespace
}  // namespace sponsio::db::test
