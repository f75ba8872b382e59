#include "tests/unit/db/group_commit_world.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

namespace sponsio::db::test {
namespace {

TEST_F(GroupCommitTest, ACrowdIsStoredTogetherAndEachGetsItsOwnAnswer) {
    Numbers group(options(), {Writer{store}});
    auto const outcomes = add_all(group, up_to(1000));
    for (std::size_t i = 0; i != outcomes.size(); ++i)
        EXPECT_EQ(outcomes[i].value(), static_cast<std::int64_t>(i));
    EXPECT_EQ(stored(), 1000);
    auto const stats = group.stats();
    EXPECT_EQ(stats.items, 1000U);
    EXPECT_LT(stats.batches, 200U);
    EXPECT_EQ(stats.pending, 0U);
}

TEST_F(GroupCommitTest, OnlyTheBadRowsAreRefused) {
    admin().command("INSERT INTO number VALUES (100), (101)");
    Numbers group(options(), {Writer{store}});
    std::vector<std::int64_t> numbers{100, -5, 101};
    for (std::int64_t n = 200; n != 400; ++n) numbers.push_back(n);
    std::rotate(numbers.begin(), numbers.begin() + 90, numbers.end());
    auto const outcomes = add_all(group, numbers);
    for (std::size_t i = 0; i != numbers.size(); ++i) {
        if (numbers[i] >= 200)
            EXPECT_EQ(outcomes[i].value(), numbers[i]);
        else
            EXPECT_EQ(outcomes[i].error().problem, &problem::conflict);
    }
    EXPECT_EQ(stored(), 202);
    EXPECT_GT(group.stats().halvings, 0U);
}

TEST_F(GroupCommitTest, AWriterMayAnswerItemsOneByOne) {
    Numbers group(options(), {Writer{[](PgSession&, std::span<std::int64_t const> items) {
                      Results out;
                      for (std::int64_t n : items)
                          out.push_back(n % 2 == 0 ? Outcome<std::int64_t>(n) : fault(problem::invalid));
                      return out;
                  }}});
    auto const outcomes = add_all(group, up_to(10));
    for (std::size_t i = 0; i != outcomes.size(); ++i) EXPECT_EQ(outcomes[i].has_value(), i % 2 == 0);
}

TEST_F(GroupCommitTest, WrongNumberOfOutcomesIsAnInternalFaultForAll) {
    Numbers group(options(), {Writer{[](PgSession&, std::span<std::int64_t const>) { return Results(); }}});
    for (auto const& outcome : add_all(group, up_to(5)))
        EXPECT_EQ(outcome.error().problem, &problem::internal);
}

TEST_F(GroupCommitTest, AnyExceptionIsAnAnswer) {
    Numbers group(options(), {Writer{[](PgSession&, std::span<std::int64_t const>) -> Results { throw 5; }}});
    for (auto const& outcome : add_all(group, up_to(100)))
        EXPECT_EQ(outcome.error().problem, &problem::internal);
}

TEST_F(GroupCommitTest, ALostConnectionIsNotSplitAndTheNextBatchReconnects) {
    std::atomic<int> attempts = 0;
    Numbers group(options(), {Writer{[&](PgSession& db, std::span<std::int64_t const> items) {
                      if (attempts++ == 0) db.command("SELECT pg_terminate_backend(pg_backend_pid())");
                      return store(db, items);
                  }}});
    EXPECT_EQ(group.add_blocking(1, in(10s)).error().problem, &problem::unavailable);
    EXPECT_EQ(attempts, 1);
    EXPECT_EQ(group.add_blocking(2, in(10s)).value(), 2);
    EXPECT_EQ(group.stats().reconnects, 2U);
}

TEST_F(GroupCommitTest, AConnectionThatBreaksDuringCommitIsSaidToBeUnknown) {
    Numbers group(
        options(), {Writer{[&](PgSession& db, std::span<std::int64_t const>) -> Results {
            Tx tx(db);
            static constexpr BinaryQuery pid{"pid", "SELECT pg_backend_pid()"};
            auto const own = db.exec(pid)[0].get<std::int32_t>(0);
            PgSession(superuser()).command("SELECT pg_terminate_backend(" + std::to_string(own) + ", 5000)");
            tx.commit();
            return {};
        }}});
    EXPECT_EQ(group.add_blocking(1, in(10s)).error().problem, &problem::outcome_unknown);
}

TEST_F(GroupCommitTest, ADeadServerAnswersEverybody) {
    auto nowhere = options();
    nowhere.connection.uri = "postgresql://?host=/nonexistent&dbname=none";
    Numbers group(nowhere, {Writer{store}});
    for (auto const& outcome : add_all(group, up_to(500)))
        EXPECT_EQ(outcome.error().problem, &problem::unavailable);
}

TEST_F(GroupCommitTest, RetriesASerializationFailure) {
    std::atomic<int> attempts = 0;
    Numbers group(options(), {Writer{[&](PgSession& db, std::span<std::int64_t const> items) {
                      if (attempts++ == 0) throw DbError(ErrorKind::serialization, "40001", "", "");
                      return store(db, items);
                  }}});
    EXPECT_EQ(group.add_blocking(7, in(10s)).value(), 7);
    EXPECT_EQ(attempts, 2);
}

TEST_F(GroupCommitTest, TooManyWaitingAndTooLateAreRefused) {
    Gate gate;
    auto small = options();
    small.max_pending = 2;
    Numbers group(small, {gate.writer()});
    std::thread first([&] { EXPECT_EQ(group.add_blocking(1, in(10s)).value(), 1); });
    gate.wait_until_entered();
    std::thread second([&] { EXPECT_EQ(group.add_blocking(2, in(10s)).value(), 2); });
    std::thread late(
        [&] { EXPECT_EQ(group.add_blocking(3, in(1500ms)).error().problem, &problem::overloaded); });
    while (group.stats().pending != 2) std::this_thread::yield();
    auto const refused = group.add_blocking(4, in(10s));
    EXPECT_EQ(refused.error().problem, &problem::overloaded);
    EXPECT_TRUE(refused.error().retry_after);
    late.join();  // though the only writer is busy
    gate.open();
    first.join();
    second.join();
    EXPECT_EQ(stored(), 2);
    EXPECT_EQ(group.stats().refused_late, 1U);
    EXPECT_EQ(group.stats().refused_full, 1U);
}

TEST_F(GroupCommitTest, AnswersAtTheDeadlineThoughTheBatchIsStillWithTheDatabase) {
    Gate gate;
    auto brief = options();
    brief.longest_round = 10ms;
    Numbers group(brief, {gate.writer()});
    auto const answer = group.add_blocking(1, in(200ms));
    EXPECT_EQ(answer.error().problem, &problem::outcome_unknown);
    EXPECT_TRUE(answer.error().retry_after);
    EXPECT_EQ(group.stats().in_doubt, 1U);
    EXPECT_GE(group.stats().oldest_round, 100ms);
    EXPECT_FALSE(group.stats().can_store);
    EXPECT_NE(group.stats().why, "");
    gate.open();
    EXPECT_EQ(group.add_blocking(2, in(20s)).value(), 2);
    EXPECT_EQ(stored(), 2);
    EXPECT_TRUE(group.stats().can_store);
    EXPECT_EQ(group.stats().why, "");
}

TEST_F(GroupCommitTest, CoroutinesToo) {
    Gate gate;
    Numbers group(options(), {gate.writer()});
    for (auto const& answer : add_all(group, up_to(5), 300ms))
        EXPECT_EQ(answer.error().problem->status, 503) << answer.error().cause;
    gate.open();
    EXPECT_EQ(group.add_blocking(7, in(20s)).value(), 7);
}

TEST_F(GroupCommitTest, FindsOutWhatBecameOfABatchInDoubt) {
    std::atomic<int> attempts = 0;
    Writer writer{[&](PgSession& db, std::span<std::int64_t const> items) {
        if (attempts++ > 0) return Results(items.begin(), items.end());
        store(db, items);
        throw DbError(ErrorKind::unknown_outcome, "", "", "commit");
    }};
    writer.repeatable = true;
    Numbers group(options(), {writer});
    EXPECT_EQ(group.add_blocking(1, in(20s)).value(), 1);
    EXPECT_EQ(attempts, 2);
}

TEST_F(GroupCommitTest, NobodyWhoMayBeStoredIsToldThatNothingWas) {
    std::atomic<int> attempts = 0;
    Writer writer{[&](PgSession&, std::span<std::int64_t const>) -> Results {
        bool const first = attempts++ == 0;
        throw DbError(first ? ErrorKind::unknown_outcome : ErrorKind::connection, "", "", "commit");
    }};
    writer.repeatable = true;
    auto brief = options();
    brief.doubt = 200ms;
    Numbers group(brief, {writer});
    EXPECT_EQ(group.add_blocking(1, in(20s)).error().problem, &problem::outcome_unknown);
    EXPECT_GT(attempts, 1);
    EXPECT_FALSE(group.stats().can_store);
}

TEST_F(GroupCommitTest, StopStoresWhatIsPendingAndAnswersEverybody) {
    Gate gate;
    Numbers group(options(), {gate.writer()});
    std::atomic<int> good = 0;
    std::vector<std::thread> callers;
    for (std::int64_t n = 0; n != 20; ++n)
        callers.emplace_back(
            [&group, &good, n] { good += group.add_blocking(n, in(10s)).has_value() ? 1 : 0; });
    gate.wait_until_entered();
    while (group.stats().pending + group.stats().items != 20) std::this_thread::yield();
    gate.open();
    group.stop();
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(good, 20);
    EXPECT_EQ(stored(), 20);
    EXPECT_EQ(group.add_blocking(99, in(10s)).error().problem, &problem::unavailable);
}

TEST_F(GroupCommitTest, SeveralWritersShareTheWork) {
    std::atomic<int> in_flight = 0, most = 0;
    auto const busy = [&](PgSession& db, std::span<std::int64_t const> items) {
        int const now = ++in_flight;
        int seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        std::this_thread::sleep_for(5ms);
        auto out = store(db, items);
        --in_flight;
        return out;
    };
    Numbers group(options(), {Writer{busy}, Writer{busy}, Writer{busy}});
    for (auto const& outcome : add_all(group, up_to(600))) EXPECT_TRUE(outcome.has_value());
    EXPECT_EQ(stored(), 600);
    EXPECT_GT(most, 1);
}

TEST_F(GroupCommitTest, PokeRunsARoundWithoutItems) {
    std::atomic<int> rounds = 0;
    Numbers group(options(), {Writer{[&](PgSession&, std::span<std::int64_t const> items) {
                      rounds += items.empty() ? 1 : 0;
                      rounds.notify_all();
                      return Results();
                  }}});
    group.poke();
    rounds.wait(0);
    EXPECT_GE(rounds, 1);
}

TEST_F(GroupCommitTest, NobodyIsBotheredWhenAllCameTooLate) {
    std::atomic<int> rounds = 0;
    Numbers group(options(), {Writer{[&](PgSession&, std::span<std::int64_t const>) {
                      ++rounds;
                      return Results();
                  }}});
    EXPECT_EQ(group.add_blocking(1, in(-1ms)).error().problem, &problem::overloaded);
    EXPECT_EQ(rounds, 0);
}

TEST_F(GroupCommitTest, ASessionLockIsTakenAgainAfterAReconnect) {
    std::atomic<int> connects = 0, attempts = 0;
    Numbers group(options(), {Writer{.attempt =
                                         [&](PgSession& db, std::span<std::int64_t const> items) {
                                             if (attempts++ == 1)
                                                 db.command("SELECT pg_terminate_backend(pg_backend_pid())");
                                             return store(db, items);
                                         },
                                     .on_connect =
                                         [&](PgSession& db) {
                                             ++connects;
                                             db.command("SELECT pg_advisory_lock(42)");
                                         }}});
    EXPECT_TRUE(group.add_blocking(1, in(10s)));
    EXPECT_FALSE(group.add_blocking(2, in(10s)));
    EXPECT_TRUE(group.add_blocking(3, in(10s)));
    EXPECT_EQ(connects, 2);
}

TEST_F(GroupCommitTest, NothingAcknowledgedIsLostWhenTheServerDiesAgainAndAgain) {
    auto patient = options();
    Numbers group(patient, {Writer{store}, Writer{store}});
    std::atomic<bool> done = false;
    std::atomic<std::int64_t> next = 0;
    std::atomic<int> answered = 0;
    std::vector<std::vector<std::int64_t>> acknowledged(8);
    std::vector<std::thread> callers;
    for (auto& own : acknowledged)
        callers.emplace_back([&] {
            while (!done) {
                std::int64_t const n = next++;
                if (!group.add_blocking(n, in(10s))) continue;
                own.push_back(n);
                ++answered;
            }
        });
    for (int i = 0; i != 15; ++i) {
        // Each time amid its work, however slow the machine is.
        for (int const before = answered; answered == before;) std::this_thread::sleep_for(1ms);
        admin().command(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
            "pid <> "
            "pg_backend_pid()");
    }
    done = true;
    for (auto& caller : callers) caller.join();
    std::size_t total = 0;
    for (auto const& own : acknowledged) {
        total += own.size();
        for (std::int64_t n : own) ASSERT_EQ(admin().exec(present, Params(n)).size(), 1U) << n;
    }
    EXPECT_GT(total, 0U);
}

TEST_F(GroupCommitTest, ThoseAddedTogetherAreAnsweredTogetherAndInOrder) {
    Numbers group(options(), {Writer{store}, Writer{store}});
    asio::io_context io(1);
    Results outcomes;
    std::vector<std::int64_t> numbers = up_to(200);
    numbers[77] = -1;  // refused by the table's CHECK
    auto all = [&]() -> asio::awaitable<void> { outcomes = co_await group.add_all(numbers, in(30s)); };
    asio::co_spawn(io, all, [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
    io.run();
    ASSERT_EQ(outcomes.size(), numbers.size());
    for (std::size_t i = 0; i != numbers.size(); ++i) {
        ASSERT_EQ(outcomes[i].has_value(), i != 77) << i;
        if (outcomes[i]) EXPECT_EQ(*outcomes[i], numbers[i]);
    }
    EXPECT_EQ(stored(), 199);
}

TEST_F(GroupCommitTest, AWriterThatMayNotStoreLeavesTheWorkToTheOthers) {
    std::atomic<int> by_the_idle = 0;
    auto idle = [&](PgSession& db, std::span<std::int64_t const> items) {
        ++by_the_idle;
        return store(db, items);
    };
    GroupCommitOptions quick = options();
    quick.tick = 5ms;
    Numbers group(quick, {Writer{.attempt = idle, .ready = [](PgSession&) { return false; }}, Writer{store}});
    for (auto const& outcome : add_all(group, up_to(100))) EXPECT_TRUE(outcome);
    EXPECT_EQ(by_the_idle, 0);
}

TEST_F(GroupCommitTest, WithoutAWriterThatMayStoreEverybodyIsToldInTime) {
    GroupCommitOptions quick = options();
    quick.tick = 5ms;
    Numbers group(quick, {Writer{.attempt = store, .ready = [](PgSession&) { return false; }}});
    for (auto const& outcome : add_all(group, up_to(3), 50ms)) {
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().problem, &problem::overloaded);
    }
    EXPECT_EQ(stored(), 0);
}

TEST_F(GroupCommitTest, ASpareKeepsNobodyWaitingAndSaysWhatItIs) {
    GroupCommitOptions quick = options();
    quick.tick = 5ms;
    quick.until_spare = 200ms;
    std::atomic<bool> may = false;
    Numbers group(quick, {Writer{.attempt = store, .ready = [&](PgSession&) { return may.load(); }}});
    // The first came before it was known; the second finds a spare. Neither waits for its deadline.
    auto const began = std::chrono::steady_clock::now();
    for (std::int64_t n : {1, 2}) {
        auto const outcome = group.add_blocking(n, in(60s));
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().problem, &problem::not_the_writer);
        EXPECT_TRUE(outcome.error().retry_after);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
    EXPECT_FALSE(group.stats().can_store);
    EXPECT_THAT(group.stats().why, ::testing::HasSubstr("is a spare"));
    may = true;
    Outcome<std::int64_t> taken_over = fault(problem::internal);
    for (int i = 0; i != 1000 && !taken_over; ++i) {
        taken_over = group.add_blocking(3, in(60s));
        if (!taken_over) std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(taken_over.value(), 3);
}

TEST_F(GroupCommitTest, AnIdleWriterThatAsksRunsARoundEveryTick) {
    std::atomic<int> rounds = 0;
    auto counted = [&](PgSession& db, std::span<std::int64_t const> items) {
        if (items.empty()) return ++rounds, Results{};
        return store(db, items);
    };
    GroupCommitOptions quick = options();
    quick.tick = 1ms;
    Numbers group(quick, {Writer{.attempt = counted, .ready = [](PgSession&) { return true; }}});
    for (int i = 0; i != 500 && rounds < 3; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_GE(rounds, 3);
}

}  // namespace
}  // namespace sponsio::db::test
