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
        if (strike.first_round) arm(strike.point, strike.connection_goes);
        start();
        if (!strike.first_round) file_many("before", 20);
        std::set<std::string> words;
        // A round that a writer runs of its own accord may take the fault, and nobody is told: once more
        // then.
        for (int turn = 0; turn != 20 && (turn == 0 || (tells(strike) && words.empty())); ++turn) {
            struck = strike.first_round ? struck.load() : 0;
            if (strike.unknown_before) arm(LogPoint::after_commit);
            if (!strike.first_round) arm(strike.point, strike.connection_goes);
            for (int i = 0; i != 5 && (i == 0 || is_armed()); ++i)
                for (auto const& outcome :
                     file_all(keys("struck" + std::to_string(turn) + "-" + std::to_string(i) + "-", 20))) {
                    expect_may_try_again(outcome);
                    if (!outcome) words.insert(said(outcome));
                }
            EXPECT_EQ(struck, strike.unknown_before ? 2 : 1);
        }
        return words;
    }

    /// Whether the callers hear of it: not where the writer finds out what became of their round.
    static bool tells(Strike const& strike) {
        return strike.point < LogPoint::before_commit && !strike.first_round && !strike.unknown_before;
    }
};

TEST_P(LogStrike, TheSameProcessGoesOn) {
    auto const words = file_into_the_fault();
    // Whoever was in doubt has a receipt; the others are told that nothing was stored.
    if (!GetParam().first_round)
        EXPECT_EQ(words, tells(GetParam()) ? std::set<std::string>{"unavailable"} : std::set<std::string>{});
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
    for (int i = 0; i != 25; ++i) {
        for (auto const& outcome : file_all(keys("raging" + std::to_string(i) + "-", 7)))
            expect_may_try_again(outcome);
        if (i % 10 == 5) start();
    }
    raging = false;
    EXPECT_GT(struck, 20);
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
        crypto::LogEntry const entry{"key", to_rfc3339(clock.now()), crypto::sha256(as_bytes(content))};
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
        one.emplace(for_writers());
        other.emplace(for_writers());
        auto parts = log->writer_parts();
        parts.reached = [this](LogPoint point) {
            signed_by_first += point == LogPoint::before_commit ? 1 : 0;
        };
        first = std::make_unique<service::LogWriter>(parts, 1);
        second = std::make_unique<service::LogWriter>(
            service::LogWriterParts{.keys = log->keys(), .heads = log->service.heads(), .leases = share}, 1);
        ASSERT_TRUE(first->ready(*one));
        ASSERT_FALSE(second->ready(*other));
    }

    [[nodiscard]] db::ConnectionOptions for_writers() const {
        auto options = app();
        options.settings["idle_in_transaction_session_timeout"] = std::to_string(store::lease_term.count());
        return options;
    }

    /// Its term is over, though it does not know.
    void end_term() {
        db::PgSession(superuser())
            .command("update log_shard set lease_until = clock_timestamp() - interval '1 s'");
    }

    void take(service::LogWriter& writer, db::PgSession& session) {
        for (int i = 0; i != 500 && !writer.ready(session); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        ASSERT_TRUE(writer.ready(session));
    }

    [[nodiscard]] std::string entry(std::string const& what) const {
        return crypto::LogEntry{"key", to_rfc3339(clock.now()), crypto::sha256(as_bytes(what))}.text();
    }

    /// A whole round. False: the shard is another's by now.
    bool round(service::LogWriter& writer, db::PgSession& session, std::string const& what,
               std::function<void()> const& in_the_middle = {}) {
        try {
            db::Tx tx(session, {.begin_with_first_pipeline = true});
            db::Pipeline look;
            writer.ask(look);
            auto const answers = tx.run(look);
            auto growing = writer.begin(session, answers);
            growing.append(entry(what));
            if (in_the_middle) in_the_middle();
            db::Pipeline all;
            growing.seal(all, clock.now());
            tx.commit_with(all);
            growing.committed();
            return true;
        } catch (FaultError const& error) {
            EXPECT_EQ(error.fault.problem, &problem::unavailable) << error.fault.cause;
            EXPECT_NE(error.fault.cause.find("lease"), std::string::npos) << error.fault.cause;
            return false;
        } catch (DbError const& error) {
            EXPECT_EQ(error.kind(), ErrorKind::serialization) << error.what();
            return false;
        }
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
    int signed_by_first = 0;
};

TEST_F(TwoWriters, WhoeverLostTheLeaseWritesNothing) {
    std::uint64_t written = 0;
    for (int i = 0; i != 20; ++i) {
        bool const odd = i % 2 != 0;
        EXPECT_TRUE(round(odd ? *second : *first, odd ? *other : *one, std::to_string(i)));
        ++written;
        end_term();
        take(odd ? *first : *second, odd ? *one : *other);
        EXPECT_FALSE(round(odd ? *second : *first, odd ? *other : *one, "late"));
        EXPECT_FALSE((odd ? *second : *first).ready(odd ? *other : *one));
    }
    expect_one_log(written);
}

TEST_F(TwoWriters, AtTheSameTimeWaitForEachOther) {
    std::atomic<std::uint64_t> written = 0;
    auto const many = [&](service::LogWriter& writer, db::PgSession& session, std::string const& name) {
        for (int i = 0; i != 60; ++i) {
            if (!writer.ready(session)) end_term();
            if (writer.ready(session) && round(writer, session, name + std::to_string(i))) ++written;
        }
    };
    std::thread beside([&] { many(*second, *other, "b"); });
    many(*first, *one, "a");
    beside.join();
    EXPECT_GE(written, 30u);
    expect_one_log(written);
}

/// The process, or its machine, stands still with a round half done; its session is there all the time.
TEST_F(TwoWriters, AHolderThatStandsStillIsTakenOverAndSignsNothing) {
    EXPECT_TRUE(round(*first, *one, "a0"));
    auto const begin = std::chrono::steady_clock::now();
    int const signed_before = signed_by_first;
    EXPECT_FALSE(round(*first, *one, "a1", [&] {
        take(*second, *other);
        EXPECT_TRUE(round(*second, *other, "b0"));
    }));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, store::lease_term);
    EXPECT_EQ(signed_by_first, signed_before);
    one.emplace(for_writers());
    first->forget();
    EXPECT_FALSE(first->ready(*one));
    expect_one_log(2);
}

/// Servers of the version before know the advisory lock alone.
TEST_F(TwoWriters, AnOlderServerAndANewOneKeepOutOfEachOthersWay) {
    db::PgSession older(app());
    static constexpr db::BinaryQuery lock{"test.older", "select pg_try_advisory_lock(1397772110, 1)"};
    EXPECT_FALSE(older.exec(lock)[0].get<bool>(0));
    one.reset();
    first->forget();
    for (int i = 0; i != 500 && !older.exec(lock)[0].get<bool>(0); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    end_term();
    EXPECT_FALSE(second->ready(*other));
    older.command("select pg_advisory_unlock_all()");
    EXPECT_TRUE(second->ready(*other));
}

/// Even without the lock that makes them wait: the head moves from what its writer knows, by the holder of
/// the lease, or not at all.
TEST_F(TwoWriters, TheHeadIsComparedWhenItMoves) {
    static constexpr db::BinaryQuery holder{"test.holder", "select lease_holder from log_shard"};
    EXPECT_TRUE(round(*first, *one, "a0"));
    auto const stale = store::log_head(db(), 1).value();
    EXPECT_TRUE(round(*first, *one, "a1"));
    auto const head = store::log_head(db(), 1).value();
    Uuid const mine = db().exec(holder)[0].get<Uuid>(0);

    crypto::Digest const leaf = crypto::leaf_hash(as_bytes("fork"));
    auto const refused = [&](store::LogHead const& before, Uuid const& by) {
        store::LogGrowth fork{
            .before = before, .after = before, .runs = {}, .tiles = {}, .taken = {}, .holder = by};
        fork.after.size = 3;
        fork.after.root = leaf;
        Bytes entries;
        crypto::append_entry(entries, as_bytes("fork"));
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
    };
    refused(stale, mine);
    refused(head, Uuid{});
    EXPECT_EQ(store::log_head(db(), 1).value(), head);
    expect_one_log(2);
}

/// A lease is free with the end of its session, as soon as the database has noticed.
TEST_F(LogFaults, ALostLeaseIsTakenByAnother) {
    start();
    file_many("before", 10);
    service::LeaseBook share(1);
    service::LogWriter next({.keys = log->keys(), .heads = log->service.heads(), .leases = share}, 1);
    db::PgSession session(app());
    EXPECT_FALSE(next.ready(session));
    filing.reset();
    for (int i = 0; i != 500 && !next.ready(session); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(share.held(), 1u);
}

}  // namespace
}  // namespace sponsio::testing
