#include "server/db/executor.hpp"

#include "server/db/tx.hpp"
#include "tests/support/pg_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace sponsio::db {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr BinaryQuery one{"one", "SELECT 1::int4"};
constexpr BinaryQuery backend_id{"backend_id", "SELECT pg_backend_pid()"};

Deadline in(std::chrono::milliseconds patience) {
    return std::chrono::steady_clock::now() + patience;
}

Outcome<int> ask(PgSession& db) {
    return db.exec(one)[0].get<std::int32_t>(0);
}

class ExecutorTest : public testing::EmptyPgFixture {
  protected:
    ExecutorOptions options(std::size_t threads = 1, std::size_t max_queue = 100) {
        return {.connection = superuser(), .threads = threads, .max_queue = max_queue};
    }
};

/// A job that occupies its thread until it is told to go on.
class Plug {
  public:
    explicit Plug(DbExecutor& executor) {
        auto waiting = go_.get_future().share();
        executor.post([this, waiting](PgSession&) -> Outcome<void> {
            started_.set_value();
            waiting.wait();
            return {};
        });
        started_.get_future().wait();
    }

    void pull() { go_.set_value(); }

  private:
    std::promise<void> go_, started_;
};

TEST_F(ExecutorTest, ACoroutineHopsThereAndBack) {
    DbExecutor executor(options(2));
    asio::io_context io(1);
    bool reached_end = false;
    auto const here = std::this_thread::get_id();
    auto main = [&]() -> asio::awaitable<void> {
        std::thread::id there;
        auto job = [&there](PgSession& db) {
            there = std::this_thread::get_id();
            return ask(db);
        };
        auto const answer = co_await executor.run(in(5s), job);
        EXPECT_EQ(answer.value(), 1);
        EXPECT_NE(there, here);
        EXPECT_EQ(std::this_thread::get_id(), here);
        reached_end = true;
    };
    asio::co_spawn(io, main, [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
    io.run_for(10s);
    EXPECT_TRUE(reached_end);
}

TEST_F(ExecutorTest, WhatAJobThrowsBecomesAFault) {
    DbExecutor executor(options());
    auto const refused = executor.run_blocking(in(5s), [](PgSession& db) -> Outcome<int> {
        db.command("SELECT 1/0");
        return 0;
    });
    EXPECT_EQ(refused.error().problem, &problem::internal);
    EXPECT_EQ(refused.error().cause, "22012 in SELECT");
    auto const own = executor.run_blocking(
        in(5s), [](PgSession&) -> Outcome<int> { throw FaultError(fault(problem::too_late)); });
    EXPECT_EQ(own.error().problem, &problem::too_late);
    EXPECT_EQ(executor.run_blocking(in(5s), ask).value(), 1);
}

TEST_F(ExecutorTest, AFullQueueRefusesAtOnce) {
    DbExecutor executor(options(1, 2));
    Plug plug(executor);
    auto first = std::async(std::launch::async, [&] { return executor.run_blocking(in(10s), ask); });
    auto second = std::async(std::launch::async, [&] { return executor.run_blocking(in(10s), ask); });
    while (executor.stats().queued != 2) std::this_thread::yield();
    auto const third = executor.run_blocking(in(10s), ask);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().problem, &problem::overloaded);
    EXPECT_TRUE(third.error().retry_after);
    EXPECT_EQ(executor.stats().refused_full, 1U);
    plug.pull();
    EXPECT_EQ(first.get().value(), 1);
    EXPECT_EQ(second.get().value(), 1);
}

TEST_F(ExecutorTest, AJobWhoseDeadlinePassedIsNotRun) {
    DbExecutor executor(options());
    Plug plug(executor);
    std::atomic<bool> ran = false;
    auto late = std::async(std::launch::async, [&] {
        return executor.run_blocking(in(20ms), [&](PgSession& db) {
            ran = true;
            return ask(db);
        });
    });
    std::this_thread::sleep_for(40ms);
    plug.pull();
    auto const answer = late.get();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().problem, &problem::overloaded);
    EXPECT_FALSE(ran);
    EXPECT_EQ(executor.stats().refused_late, 1U);
}

TEST_F(ExecutorTest, WhoWaitsIsAnsweredThoughEveryThreadIsBusy) {
    DbExecutor executor(options());
    Plug plug(executor);
    auto const answer = executor.run_blocking(in(20ms), ask);
    EXPECT_EQ(answer.error().problem, &problem::overloaded);
    plug.pull();
}

TEST_F(ExecutorTest, ADatabaseThatDoesNotAnswerIsGivenUp) {
    struct Told : ExecutorObserver {
        void lost(Fault const&) noexcept override { ++times_lost; }

        void connected() noexcept override { ++times_connected; }

        std::atomic<int> times_lost = 0, times_connected = 0;
    };

    auto const told = std::make_shared<Told>();
    auto impatient = options();
    impatient.grace = 50ms;
    impatient.observer = told;
    DbExecutor executor(impatient);
    auto const answer = executor.run_blocking(in(1s), [](PgSession& db) -> Outcome<int> {
        db.command("SELECT pg_sleep(60)");
        return 1;
    });
    EXPECT_EQ(answer.error().problem, &problem::unavailable);
    EXPECT_TRUE(answer.error().retry_after);
    EXPECT_EQ(executor.run_blocking(in(20s), ask).value(), 1);
    EXPECT_EQ(told->times_lost, 1);
    EXPECT_EQ(told->times_connected, 2);
}

TEST_F(ExecutorTest, StopFinishesWhatIsQueuedAndRefusesTheRest) {
    DbExecutor executor(options());
    Plug plug(executor);
    std::atomic<int> done = 0;
    for (int i = 0; i != 20; ++i)
        executor.post([&done](PgSession& db) -> Outcome<void> {
            done += ask(db).value();
            return {};
        });
    plug.pull();
    executor.stop();
    EXPECT_EQ(done, 20);
    auto const after = executor.run_blocking(in(5s), ask);
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().problem, &problem::unavailable);
}

TEST_F(ExecutorTest, ABrokenSessionIsReplacedBeforeTheNextJob) {
    DbExecutor executor(options());
    auto const pid = executor.run_blocking(
        in(5s), [](PgSession& db) -> Outcome<int> { return db.exec(backend_id)[0].get<std::int32_t>(0); });
    admin().command("SELECT pg_terminate_backend(" + std::to_string(pid.value()) + ", 5000)");
    EXPECT_EQ(executor.run_blocking(in(5s), ask).value(), 1) << "it broke while idle: nobody needs to notice";
    auto const lost = executor.run_blocking(in(5s), [](PgSession& db) -> Outcome<int> {
        db.command("SELECT pg_terminate_backend(pg_backend_pid())");
        return ask(db);
    });
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().problem, &problem::unavailable);
    EXPECT_EQ(executor.run_blocking(in(5s), ask).value(), 1);
    EXPECT_EQ(executor.stats().reconnects, 2U);
}

TEST_F(ExecutorTest, AnOpenTransactionDoesNotReachTheNextJob) {
    DbExecutor executor(options());
    admin().command("CREATE TABLE cell (n int)");
    auto const forgetful = executor.run_blocking(in(5s), [](PgSession& db) -> Outcome<int> {
        db.command("BEGIN");
        db.command("INSERT INTO cell VALUES (1)");
        return 0;
    });
    EXPECT_TRUE(forgetful);
    auto const next = executor.run_blocking(in(5s), [](PgSession& db) -> Outcome<int> {
        static constexpr BinaryQuery count{"count", "SELECT count(*)::int4 FROM cell"};
        return db.exec(count)[0].get<std::int32_t>(0);
    });
    EXPECT_EQ(next.value(), 0);
}

struct CountingObserver final : ExecutorObserver {
    void waited(std::chrono::nanoseconds) noexcept override { ++waits; }

    void ran(std::chrono::nanoseconds) noexcept override { ++runs; }

    void failed(Fault const&) noexcept override { ++failures; }

    std::atomic<int> waits = 0, runs = 0, failures = 0;
};

TEST_F(ExecutorTest, ObserverSeesJobsAndOnlyTheServersOwnFailures) {
    auto const observer = std::make_shared<CountingObserver>();
    auto with_observer = options();
    with_observer.observer = observer;
    {
        DbExecutor executor(with_observer);
        executor.run_blocking(in(5s), ask);
        executor.run_blocking(in(5s), [](PgSession&) -> Outcome<int> { return fault(problem::not_found); });
        executor.run_blocking(in(5s), [](PgSession&) -> Outcome<int> { throw std::domain_error("a bug"); });
    }
    EXPECT_EQ(observer->waits, 3);
    EXPECT_EQ(observer->runs, 3);
    EXPECT_EQ(observer->failures, 1);
}

TEST_F(ExecutorTest, WithoutAServerJobsAreRefusedQuickly) {
    auto nowhere = options();
    nowhere.connection.uri = "postgresql://?host=/nonexistent&dbname=none";
    DbExecutor executor(nowhere);
    auto const begun = std::chrono::steady_clock::now();
    for (int i = 0; i != 50; ++i) {
        auto const answer = executor.run_blocking(in(60s), ask);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().problem, &problem::unavailable);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

}  // namespace
}  // namespace sponsio::db
