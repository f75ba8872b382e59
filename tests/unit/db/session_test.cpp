#include "server/db/session.hpp"

#include "server/db/durability.hpp"
#include "server/db/pipeline.hpp"
#include "tests/support/pg_fixture.hpp"

#include <gtest/gtest.h>

namespace sponsio::db {
namespace {

constexpr BinaryQuery insert_name{"insert_name", "INSERT INTO thing (id, name) VALUES ($1, $2)"};
constexpr BinaryQuery count_rows{"count_rows", "SELECT count(*) FROM thing"};
constexpr BinaryQuery backend_id{"backend_id", "SELECT pg_backend_pid()"};

class SessionTest : public testing::EmptyPgFixture {
  protected:
    void SetUp() override {
        EmptyPgFixture::SetUp();
        admin().command(
            "CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL CONSTRAINT thing_name_short CHECK "
            "(char_length(name) < 10), parent uuid CONSTRAINT thing_parent REFERENCES thing, CONSTRAINT "
            "thing_name_once UNIQUE (name))");
    }

    static Uuid id(std::uint8_t last) {
        Uuid uuid;
        uuid.bytes[15] = last;
        return uuid;
    }

    void insert(std::uint8_t last, std::string const& name) {
        admin().exec(insert_name, Params(id(last), name));
    }

    std::int64_t count() { return admin().exec(count_rows)[0].get<std::int64_t>(0); }

    DbError failure(std::uint8_t last, std::string const& name) {
        try {
            insert(last, name);
        } catch (DbError const& error) {
            return error;
        }
        ADD_FAILURE() << "it was stored";
        return {ErrorKind::other, "", "", ""};
    }

    /// Ends this session's server process from another one.
    void kill_backend(PgSession& victim) {
        auto const pid = victim.exec(backend_id)[0].get<std::int32_t>(0);
        PgSession(superuser()).command("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)");
    }
};

TEST_F(SessionTest, RefusalsNameTheConstraintAndNeverAValue) {
    insert(1, "secret");
    DbError const twice = failure(2, "secret");
    EXPECT_EQ(twice.kind(), ErrorKind::unique);
    EXPECT_EQ(twice.constraint(), "thing_name_once");
    EXPECT_TRUE(twice.is_about_data());
    DbError const too_long = failure(3, "secret and long");
    EXPECT_EQ(too_long.kind(), ErrorKind::check);
    EXPECT_EQ(too_long.constraint(), "thing_name_short");
    for (auto const& error : {twice, too_long})
        EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
    insert(4, "next");  // the statement still works
}

TEST_F(SessionTest, ForeignKeysAndMissingColumnsToo) {
    static constexpr BinaryQuery orphan{"orphan",
                                        "INSERT INTO thing (id, name, parent) VALUES ($1, 'x', $1)"};
    admin().exec(orphan, Params(id(9)));  // its own parent
    static constexpr BinaryQuery stray{"stray", "INSERT INTO thing (id, name, parent) VALUES ($1, 'y', $2)"};
    try {
        admin().exec(stray, Params(id(8), id(77)));
        FAIL();
    } catch (DbError const& error) {
        EXPECT_EQ(error.kind(), ErrorKind::foreign_key);
        EXPECT_EQ(error.constraint(), "thing_parent");
    }
    static constexpr BinaryQuery typo{"typo", "SELECT nmae FROM thing WHERE name = 'secret'"};
    try {
        admin().exec(typo);
        FAIL();
    } catch (DbError const& error) {
        EXPECT_EQ(error.sqlstate(), "42703");
        EXPECT_STREQ(error.what(), "42703 in typo");
    }
}

TEST_F(SessionTest, AnIdleSessionNoticesItsEnd) {
    EXPECT_TRUE(admin().usable());
    kill_backend(admin());
    EXPECT_FALSE(admin().usable());
    EXPECT_THROW(count(), DbError);
}

TEST_F(SessionTest, ALostConnectionIsTold) {
    kill_backend(admin());
    try {
        admin().exec(backend_id);
        FAIL();
    } catch (DbError const& error) {
        EXPECT_EQ(error.kind(), ErrorKind::connection) << error.what();
    }
    EXPECT_FALSE(admin().usable());
    EXPECT_FALSE(admin().tidy());
}

/// The error that this throws.
template <class Statement>
DbError thrown_by(Statement statement) {
    try {
        statement();
    } catch (DbError const& error) {
        return error;
    }
    throw std::logic_error("nothing was thrown");
}

TEST_F(SessionTest, AServerThatDoesNotAnswerIsGivenUpAtTheDeadline) {
    PgSession session(superuser());
    session.answer_by(std::chrono::steady_clock::now() + std::chrono::milliseconds(100));
    EXPECT_EQ(thrown_by([&] { session.command("SELECT pg_sleep(60)"); }).kind(), ErrorKind::connection);
    EXPECT_FALSE(session.usable());
    EXPECT_FALSE(session.tidy());
}

/// Whatever is left to be read of a pipeline then.
TEST_F(SessionTest, ALostConnectionIsNotWaitedFor) {
    PgSession session(superuser());
    Pipeline pipeline;
    for (int i = 0; i != 3; ++i) pipeline.add(backend_id);
    pipeline.run(session);
    kill_backend(session);
    auto const begin = std::chrono::steady_clock::now();
    EXPECT_EQ(thrown_by([&] { pipeline.run(session); }).kind(), ErrorKind::connection);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, session.options().patience / 2);
}

/// A statement outside a transaction is one itself: it may have been carried out.
TEST_F(SessionTest, AWriteOnItsOwnWhoseAnswerIsLostIsUnknown) {
    static constexpr BinaryQuery slow_insert{
        "slow_insert", "INSERT INTO thing SELECT gen_random_uuid(), 'x' FROM pg_sleep(60)"};
    static constexpr BinaryQuery slow_select{"slow_select", "SELECT 1::int4 FROM pg_sleep(60)"};
    for (auto const& [query, alone, kind] : {std::tuple(&slow_insert, true, ErrorKind::unknown_outcome),
                                             std::tuple(&slow_insert, false, ErrorKind::connection),
                                             std::tuple(&slow_select, true, ErrorKind::connection)}) {
        PgSession session(superuser());
        if (!alone) session.command("BEGIN");
        session.answer_by(std::chrono::steady_clock::now() + std::chrono::milliseconds(300));
        EXPECT_EQ(thrown_by([&, q = query] { session.exec(*q); }).kind(), kind) << query->name;
    }
}

TEST_F(SessionTest, TheServerTooGivesUpAPeerThatVanished) {
    static constexpr BinaryQuery idle{"idle", "SELECT current_setting('tcp_keepalives_idle')"};
    static constexpr BinaryQuery lock{"lock", "SELECT current_setting('lock_timeout')"};
    auto options = superuser();
    options.settings["lock_timeout"] = "1234";
    PgSession session(options);
    // Over a socket of the same machine there is nothing to keep alive, and PostgreSQL says 0.
    EXPECT_EQ(session.exec(idle)[0].get<std::string>(0), "0");
    EXPECT_EQ(session.exec(lock)[0].get<std::string>(0), "1234ms");
}

TEST_F(SessionTest, TidyRollsBackWhatWasLeftOpen) {
    admin().command("BEGIN");
    insert(1, "a");
    EXPECT_TRUE(admin().tidy());
    EXPECT_EQ(count(), 0);
}

TEST_F(SessionTest, CannotConnectIsAConnectionErrorWithoutThePassword) {
    try {
        PgSession const nowhere({.uri = "postgresql://app:hunter2@127.0.0.1:1/none"});
        FAIL();
    } catch (DbError const& error) {
        EXPECT_EQ(error.kind(), ErrorKind::connection);
        EXPECT_NE(std::string(error.what()).find("127.0.0.1"), std::string::npos) << error.what();
        EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos) << error.what();
    }
}

TEST_F(SessionTest, WorksWithAnotherRolesRightsAndSettings) {
    admin().command("DROP ROLE IF EXISTS \"Odd Role\"");
    admin().command("CREATE ROLE \"Odd Role\"");
    admin().command("ALTER ROLE \"Odd Role\" SET statement_timeout = '1234ms'");
    auto options = superuser();
    options.role = "Odd Role";
    {
        PgSession odd(options);
        static constexpr BinaryQuery who{"who", "SELECT current_user, current_setting('statement_timeout')"};
        auto const is = odd.exec(who);
        EXPECT_EQ(is[0].get<std::string>(0), "Odd Role");
        EXPECT_EQ(is[0].get<std::string>(1), "1234ms");
        EXPECT_THROW(odd.command("CREATE TABLE public.not_mine (x int)"), DbError);
        EXPECT_TRUE(login_has_more_rights(odd)) << "it could RESET ROLE";
    }
    admin().command("DROP ROLE \"Odd Role\"");
}

TEST_F(SessionTest, ServerThatMayForgetIsRefused) {
    auto const fit = check_durability(admin());  // the tests' server runs without fsync
    ASSERT_FALSE(fit);
    EXPECT_NE(fit.error().detail.en.find("fsync = off"), std::string::npos) << fit.error().detail.en;
}

}  // namespace
}  // namespace sponsio::db
