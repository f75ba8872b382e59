#include "server/db/tx.hpp"

#include "tests/support/pg_fixture.hpp"

#include <gtest/gtest.h>

#include <barrier>
#include <thread>

namespace sponsio::db {
namespace {

constexpr BinaryQuery put{"put", "INSERT INTO cell (id, n) VALUES ($1, $2)"};
constexpr BinaryQuery count{"count", "SELECT count(*) FROM cell"};
constexpr BinaryQuery sum{"sum", "SELECT coalesce(sum(n), 0)::int8 FROM cell"};
constexpr BinaryQuery add_one{"add_one", "UPDATE cell SET n = n + 1 WHERE id = $1"};
constexpr BinaryQuery backend_id{"backend_id", "SELECT pg_backend_pid()"};

class TxTest : public testing::EmptyPgFixture {
  protected:
    void SetUp() override {
        EmptyPgFixture::SetUp();
        admin().command("CREATE TABLE cell (id int8 PRIMARY KEY, n int8)");
    }

    static Params row(std::int64_t id, std::int64_t n = 0) { return Params(id, n); }

    std::int64_t rows() { return PgSession(superuser()).exec(count)[0].get<std::int64_t>(0); }

    void kill_backend(PgSession& victim) {
        auto const pid = victim.exec(backend_id)[0].get<std::int32_t>(0);
        PgSession(superuser()).command("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)");
    }

    template <class Body>
    static ErrorKind kind_thrown(Body body) {
        try {
            body();
        } catch (DbError const& error) {
            return error.kind();
        }
        ADD_FAILURE() << "nothing was thrown";
        return ErrorKind::other;
    }
};

TEST_F(TxTest, CommitKeepsAndDestructorRollsBack) {
    {
        Tx tx(admin());
        admin().exec(put, row(1));
        tx.commit();
    }
    {
        Tx const tx(admin());
        admin().exec(put, row(2));
    }
    EXPECT_EQ(rows(), 1);
}

TEST_F(TxTest, CommitAfterASwallowedErrorThrows) {
    Tx tx(admin());
    admin().exec(put, row(1));
    EXPECT_EQ(kind_thrown([&] { admin().exec(put, row(1)); }), ErrorKind::unique);
    EXPECT_EQ(kind_thrown([&] { tx.commit(); }), ErrorKind::aborted);
    EXPECT_EQ(rows(), 0);
}

TEST_F(TxTest, CommitTwiceThrows) {
    Tx tx(admin());
    tx.commit();
    EXPECT_EQ(kind_thrown([&] { tx.commit(); }), ErrorKind::aborted);
}

TEST_F(TxTest, AConnectionThatBreaksAtCommitLeavesTheOutcomeUnknown) {
    Tx tx(admin());
    admin().exec(put, row(1));
    kill_backend(admin());
    EXPECT_EQ(kind_thrown([&] { tx.commit(); }), ErrorKind::unknown_outcome);
}

TEST_F(TxTest, AConnectionThatBreaksEarlierDoesNot) {
    Tx const tx(admin());
    kill_backend(admin());
    EXPECT_EQ(kind_thrown([&] { admin().exec(put, row(1)); }), ErrorKind::connection);
}

TEST_F(TxTest, ReadOnlyRefusesToWrite) {
    Tx const tx(admin(), {.read_only = true});
    EXPECT_EQ(kind_thrown([&] { admin().exec(put, row(1)); }), ErrorKind::connection)
        << "as after a fail-over";
}

TEST_F(TxTest, WhatIsCalledBeforeACommitIsPartOfIt) {
    int calls = 0;
    PgSession db(
        with_before_commit(superuser(), [&](PgSession& inside) { inside.exec(put, row(10 + ++calls)); }));
    Tx(db).commit();
    EXPECT_EQ(rows(), 1);
    { Tx const given_up(db); }
    Tx(db, {.read_only = true}).commit();
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(rows(), 1);
}

TEST_F(TxTest, WhatIsThrownBeforeACommitEndsIt) {
    PgSession db(with_before_commit(superuser(), [](PgSession& inside) { inside.exec(put, row(1)); }));
    EXPECT_EQ(kind_thrown([&] {
                  Tx tx(db);
                  db.exec(put, row(1));
                  tx.commit();
              }),
              ErrorKind::unique);
    EXPECT_EQ(rows(), 0);
    EXPECT_TRUE(db.usable());
}

TEST_F(TxTest, RetriesASerializationFailureUntilItSucceeds) {
    admin().exec(put, row(1));
    // Both read the sum before either writes: under SERIALIZABLE one of them must fail and run again.
    std::barrier both_read(2);
    auto const work = [&](std::int64_t id) {
        PgSession db(superuser());
        int attempts = 0;
        retry([&] {
            Tx tx(db, {.isolation = Isolation::serializable});
            auto const total = db.exec(sum)[0].get<std::int64_t>(0);
            if (attempts++ == 0) both_read.arrive_and_wait();
            db.exec(put, row(id, total + 1));
            tx.commit();
        });
        return attempts;
    };
    int first = 0, second = 0;
    std::thread other([&] { first = work(10); });
    second = work(11);
    other.join();
    EXPECT_EQ(first + second, 3) << "exactly one of them had to try twice";
    EXPECT_EQ(admin().exec(sum)[0].get<std::int64_t>(0), 3) << "one after the other: 0 + 1, then 1 + 1";
}

TEST_F(TxTest, RetriesADeadlock) {
    admin().exec(put, row(1));
    admin().exec(put, row(2));
    std::barrier both_locked(2);
    auto const work = [&](std::int64_t first, std::int64_t second) {
        PgSession db(superuser());
        db.command("SET deadlock_timeout = '20ms'");
        int attempts = 0;
        retry([&] {
            Tx tx(db);
            db.exec(add_one, Params(first));
            if (attempts++ == 0) both_locked.arrive_and_wait();
            db.exec(add_one, Params(second));
            tx.commit();
        });
    };
    std::thread other([&] { work(1, 2); });
    work(2, 1);
    other.join();
    EXPECT_EQ(admin().exec(sum)[0].get<std::int64_t>(0), 4);
}

TEST_F(TxTest, GivesUpAfterTheLastAttemptAndOnOtherErrors) {
    int attempts = 0;
    auto const fail_with = [&](ErrorKind kind) {
        attempts = 0;
        return kind_thrown([&] {
            retry(
                [&] {
                    ++attempts;
                    throw DbError(kind, "", "", "");
                },
                {.attempts = 3});
        });
    };
    EXPECT_EQ(fail_with(ErrorKind::serialization), ErrorKind::serialization);
    EXPECT_EQ(attempts, 3);
    EXPECT_EQ(fail_with(ErrorKind::unique), ErrorKind::unique);
    EXPECT_EQ(attempts, 1);
}

}  // namespace
}  // namespace sponsio::db
