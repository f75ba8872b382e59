#include "server/db/tx.hpp"
#include "tests/service/log_fixture.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

namespace sponsio::testing {
namespace {

using db::DbError;
using db::ErrorKind;
using service::LogPoint;
using ::testing::AnyOf;

/// What storage says when it fails at a point: a fault of the kind that it has there.
[[noreturn]] void fail_at(LogPoint point) {
    switch (point) {
        case LogPoint::before_commit:
        case LogPoint::after_commit: throw DbError(ErrorKind::unknown_outcome, "", "", "test");
        case LogPoint::before_keep:
        case LogPoint::after_keep: throw FaultError(fault(problem::unavailable));
        default: throw DbError(ErrorKind::connection, "08006", "", "test");
    }
}

/// A fault of storage in a round, in its two flavours: not carried out; carried out and reported as failed.
struct Strike {
    char const* name;
    LogPoint point;
    bool
        first_round;  ///< right after a start: the log is read, and its checkpoint kept, before it is written
    bool connection_goes = false;  ///< the session of the writer ends with it
    bool unknown_before = false;   ///< the round before had an outcome that is not known, so this one reloads

    friend void PrintTo(Strike const& strike, std::ostream* out) { *out << strike.name; }
};

constexpr Strike strikes[] = {
    {"LookFailed", LogPoint::before_look, false},
    {"LookedButReportedFailed", LogPoint::after_look, false},
    {"LookLostItsConnection", LogPoint::after_look, false, true},
    {"FirstLookFailed", LogPoint::before_look, true},
    {"FirstLoadFailed", LogPoint::before_reload, true},
    {"FirstLoadDoneButReportedFailed", LogPoint::after_reload, true},
    {"FirstKeepFailed", LogPoint::before_keep, true},
    {"FirstKeptButReportedFailed", LogPoint::after_keep, true},
    {"CommitFailed", LogPoint::before_commit, false},
    {"CommitLostItsConnection", LogPoint::before_commit, false, true},
    {"CommittedButReportedFailed", LogPoint::after_commit, false},
    {"CommittedAndLostItsConnection", LogPoint::after_commit, false, true},
    {"ReloadFailedAfterAnUnknownOutcome", LogPoint::before_reload, false, false, true},
    {"ReloadDoneButReportedFailed", LogPoint::after_reload, false, false, true},
    {"ReloadLostItsConnection", LogPoint::after_reload, false, true, true},
    {"KeepFailedAfterAReload", LogPoint::before_keep, false, false, true},
    {"KeptAfterAReloadButReportedFailed", LogPoint::after_keep, false, false, true},
    {"KeepFailed", LogPoint::before_keep, false},
    {"KeptButReportedFailed", LogPoint::after_keep, false},
    {"KeptAndLostItsConnection", LogPoint::after_keep, false, true},
};

class LogFaults : public LogFixture {
  protected:
    void SetUp() override {
        LogFixture::SetUp();
        reached = [this](LogPoint point) {
            auto const connection_goes = disarm(point);
            if (!connection_goes) return;
            ++struck;
            if (*connection_goes) end_writers();
            fail_at(point);
        };
    }

    /// Fails once, at the next time that the point is reached after those armed before.
    void arm(LogPoint point, bool connection_goes = false) {
        std::lock_guard const lock(mutex_);
        armed_.emplace_back(point, connection_goes);
    }

    [[nodiscard]] bool is_armed() {
        std::lock_guard const lock(mutex_);
        return !armed_.empty();
    }

    /// Ends the sessions that hold a shard's lease, and waits until they have gone.
    void end_writers() {
        db::PgSession killer(superuser());
        killer.command(
            "select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and granted");
    }

    /// A refusal that lets a caller try again.
    static void expect_may_try_again(Outcome<service::Created> const& outcome) {
        if (outcome) return;
        EXPECT_EQ(outcome.error().problem->status, 503u) << outcome.error().cause;
        EXPECT_THAT(said(outcome), AnyOf("unavailable", "outcome-unknown"));
    }

    std::atomic<int> struck = 0;

  private:
    /// If this is the point of the next fault: whether the connection goes with it.
    std::optional<bool> disarm(LogPoint point) {
        std::lock_guard const lock(mutex_);
        if (armed_.empty() || point != armed_.front().first) return std::nullopt;
        bool const connection_goes = armed_.front().second;
        armed_.pop_front();
        return connection_goes;
    }

    std::mutex mutex_;  // writers run rounds of their own accord while the test arms
    std::deque<std::pair<LogPoint, bool>> armed_;
};

class LogStrike : public LogFaults, public ::testing::WithParamInterface<Strike> {
  protected:
    /// Files until the fault has come; gives what the callers of that round were told.
    std::set<std::string> file_into_the_fault() {
        Strike const& strike = GetParam();
        start();
        if (!strike.first_round) file_many("before", 20);
        if (strike.unknown_before) arm(LogPoint::after_commit);
        arm(strike.point, strike.connection_goes);
        std::set<std::string> words;
        for (int i = 0; i != 5 && is_armed(); ++i)
            for (auto const& outcome : file_all(keys("struck" + std::to_string(i) + "-", 20))) {
                expect_may_try_again(outcome);
                if (!outcome) words.insert(said(outcome));
            }
        EXPECT_EQ(struck, strike.unknown_before ? 2 : 1);
        return words;
    }
};

TEST_P(LogStrike, TheSameProcessGoesOn) {
    auto const words = file_into_the_fault();
    // Nobody who may have been stored is told that nothing was.
    Strike const& strike = GetParam();
    bool const in_doubt = strike.point >= LogPoint::before_commit && !strike.first_round;
    EXPECT_EQ(words.contains("outcome-unknown"), in_doubt || strike.unknown_before);
    EXPECT_EQ(words.contains("unavailable"), !in_doubt || strike.unknown_before);
    file_all_again();
    file_many("after", 40);
    verify_everything();
}

TEST_P(LogStrike, TheNextProcessGoesOn) {
    file_into_the_fault();
    start();
    file_all_again();
    file_many("after", 40);
    verify_everything();
}

INSTANTIATE_TEST_SUITE_P(AtEveryLine, LogStrike, ::testing::ValuesIn(strikes),
                         [](auto const& info) { return std::string(info.param.name); });

/// Faults come in rows: storage that fails once may fail again while the first fault is being repaired.
TEST_F(LogFaults, ManyInARow) {
    std::minstd_rand random(20260302);
    auto const often = [&] { return random() % 5 == 0; };
    start();
    file_many("before", 5);
    bool raging = true;
    reached = [&](LogPoint point) {
        if (!raging || !often()) return;
        ++struck;
        if (random() % 3 == 0) end_writers();
        fail_at(point);
    };
    for (int i = 0; i != 60; ++i) {
        for (auto const& outcome : file_all(keys("raging" + std::to_string(i) + "-", 7)))
            expect_may_try_again(outcome);
        if (i % 20 == 10) start();
    }
    raging = false;
    EXPECT_GT(struck, 40);
    file_all_again();
    file_many("after", 300);
    verify_everything();
}

/// Leaves of other transactions are in a round that fails, and are taken up by a later one, once.
TEST_F(LogFaults, LeavesOfOthersAreNotLostNorTwice) {
    start();
    file_many("before", 3);
    for (LogPoint const point :
         {LogPoint::after_look, LogPoint::before_commit, LogPoint::after_commit, LogPoint::before_keep}) {
        arm(point);
        std::string const content = R"({"n":")" + std::to_string(static_cast<int>(point)) + R"("})";
        crypto::LogEntry const entry{"key", to_rfc3339(clock.now()),
                                     crypto::sha256(crypto::as_bytes(content))};
        store::insert_leaf(db(), {"key", content, entry.text(), content}, clock.now());
        filing->log_waiting();
        for (int i = 0; i != 200 && store::pending_leaves(db()).first != 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        EXPECT_EQ(store::pending_leaves(db()).first, 0);
    }
    EXPECT_EQ(struck, 4);
    file_many("after", 3);
    EXPECT_EQ(store::log_head(db(), 1)->size, 10u);
    verify_everything();
}

// --------------------------------------------------------------------------------------------- two writers
/// Two that both believe that they hold the shard, as after a lease that was taken away.
class TwoWriters : public LogFaults {
  protected:
    void SetUp() override {
        LogFaults::SetUp();
        log->prepare().value();
        auto parts = log->writer_parts();
        one.emplace(app());
        other.emplace(app());
        first = std::make_unique<service::LogWriter>(parts, 1);
        second = std::make_unique<service::LogWriter>(
            service::LogWriterParts{
                .keys = log->keys(), .directory = log->directory.path() / "other", .leases = share},
            1);
        ASSERT_TRUE(first->ready(*one));
        ASSERT_FALSE(second->ready(*other));
        one->command("select pg_advisory_unlock_all()");
        ASSERT_TRUE(second->ready(*other));
        ASSERT_TRUE(first->ready(*one));
    }

    /// A whole round.
    void round(service::LogWriter& writer, db::PgSession& session, std::string const& what) {
        db::Tx tx(session, {.begin_with_first_pipeline = true});
        db::Pipeline look;
        writer.ask(look);
        auto const answers = tx.run(look);
        auto growing = writer.begin(session, answers);
        growing.append(
            crypto::LogEntry{"key", to_rfc3339(clock.now()), crypto::sha256(crypto::as_bytes(what))}.text());
        db::Pipeline all;
        growing.seal(all, clock.now());
        tx.commit_with(all);
        growing.committed();
    }

    void expect_one_log(std::uint64_t size) {
        auto const head = store::log_head(db(), 1).value();
        EXPECT_EQ(head.size, size);
        auto const hashes = leaf_hashes(1);
        EXPECT_EQ(hashes.size(), size);
        EXPECT_EQ(plain_root(hashes), head.root);
        // Every checkpoint that was ever signed is a beginning of this one log.
        for (store::LogRun const& run : store::log_runs(db(), 1, 0, size)) {
            ASSERT_TRUE(run.checkpoint);
            auto const said = crypto::open_checkpoint(*run.checkpoint, log->verifier(1)).value();
            EXPECT_EQ(plain_root(std::span(hashes).first(said.size)), said.root);
        }
    }

    service::LeaseBook share{1};  ///< of the other process
    std::optional<db::PgSession> one, other;
    std::unique_ptr<service::LogWriter> first, second;
};

TEST_F(TwoWriters, TakeTurnsOnOneLog) {
    for (int i = 0; i != 20; ++i) {
        round(*first, *one, "a" + std::to_string(i));
        if (i % 3 != 0) round(*second, *other, "b" + std::to_string(i));
    }
    expect_one_log(33);
}

TEST_F(TwoWriters, AtTheSameTimeWaitForEachOther) {
    auto const many = [this](service::LogWriter& writer, db::PgSession& session, std::string const& name) {
        for (int i = 0; i != 100; ++i) round(writer, session, name + std::to_string(i));
    };
    std::thread beside([&] { many(*second, *other, "b"); });
    many(*first, *one, "a");
    beside.join();
    expect_one_log(200);
}

/// Even without the lock that makes them wait: the head moves from what its writer knows, or not at all.
TEST_F(TwoWriters, TheHeadIsComparedWhenItMoves) {
    round(*first, *one, "a0");
    auto const stale = store::log_head(db(), 1).value();
    round(*second, *other, "b0");
    auto const head = store::log_head(db(), 1).value();

    crypto::Digest const leaf = crypto::leaf_hash(crypto::as_bytes("fork"));
    store::LogGrowth fork{.before = stale, .after = stale, .runs = {}, .tiles = {}, .taken = {}};
    fork.after.size = 3;
    fork.after.root = leaf;
    crypto::Bytes entries;
    crypto::append_entry(entries, crypto::as_bytes("fork"));
    fork.runs.push_back({2, 3, entries, "checkpoint"});
    db::Tx tx(*one);
    db::Pipeline all;
    store::add_growth(all, fork);
    try {
        tx.commit_with(all);
        ADD_FAILURE() << "a second log under the same name";
    } catch (DbError const& error) {
        EXPECT_EQ(error.sqlstate(), "55000");
        EXPECT_EQ(error.constraint(), "log_shard");
    }
    one->tidy();
    EXPECT_EQ(store::log_head(db(), 1).value(), head);
    expect_one_log(2);
}

/// The lease itself goes with its session, as soon as the database has noticed.
TEST_F(LogFaults, ALostLeaseIsTakenByAnother) {
    start();
    file_many("before", 10);
    service::LeaseBook share(1);
    service::LogWriter next(
        {.keys = log->keys(), .directory = log->directory.path() / "other", .leases = share}, 1);
    db::PgSession session(app());
    EXPECT_FALSE(next.ready(session));
    filing.reset();
    for (int i = 0; i != 500 && !next.ready(session); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(share.held(), 1u);
}

}  // namespace
}  // namespace sponsio::testing
