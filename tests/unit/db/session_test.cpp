#include "server/db/session.hpp"

#include "server/db/durability.hpp"
#include "tests/support/pg_fixture.hpp"

#include <gtest/gtest.h>

namespace sponsio::db {
namespace {

using soci::into;
using soci::use;

constexpr Query insert_row{
    "insert_row",
    "INSERT INTO thing (id, name, at, born, ok, raw, tags, note) VALUES (:id::uuid, :name, "
    ":at::timestamptz, :born::date, :ok::boolean, :raw::bytea, :tags::text[], :note)"};
constexpr Query select_row{"select_row",
                           "SELECT id, name, at, born, ok, raw, tags, note FROM thing WHERE name = :name"};
constexpr Query select_names{"select_names", "SELECT name FROM thing ORDER BY name"};
constexpr Query count_rows{"count_rows", "SELECT count(*) FROM thing"};
constexpr Query insert_name{"insert_name", "INSERT INTO thing (id, name) VALUES (:id::uuid, :name)"};
constexpr Query backend_id{"backend_id", "SELECT pg_backend_pid()"};

class SessionTest : public testing::EmptyPgFixture {
  protected:
    void SetUp() override {
        EmptyPgFixture::SetUp();
        admin().command(
            "CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL CONSTRAINT thing_name_short CHECK "
            "(char_length(name) < 10), at timestamptz, born date, ok boolean, raw bytea, tags text[], note "
            "text, "
            "parent uuid CONSTRAINT thing_parent REFERENCES thing, CONSTRAINT thing_name_once UNIQUE "
            "(name))");
    }

    static Uuid id(std::uint8_t last) {
        Uuid uuid;
        uuid.bytes[15] = last;
        return uuid;
    }

    void insert(std::uint8_t last, std::string const& name) {
        Uuid const key = id(last);
        admin().run(insert_name, use(key, "id"), use(name, "name"));
    }

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
        int pid = 0;
        victim.run(backend_id, into(pid));
        PgSession(superuser()).command("SELECT pg_terminate_backend(" + std::to_string(pid) + ", 5000)");
    }
};

TEST_F(SessionTest, EveryTypeComesBackAsItWent) {
    TaskId const key{id(7)};
    std::string const name = "张三";
    Instant const at = *parse_rfc3339("2026-03-02T01:02:03.123456Z");
    Date const born = *parse_iso_date("1990-03-07");
    bool const ok = true;
    Bytea const raw{{0, 255, 16}};
    TextArray const tags{{"a", "b \"c\"", ""}};
    std::optional<std::string> const note;
    admin().run(insert_row, use(key, "id"), use(name, "name"), use(at, "at"), use(born, "born"),
                use(ok, "ok"), use(raw, "raw"), use(tags, "tags"), use(note, "note"));
    EXPECT_EQ(admin().affected_rows(), 1);

    TaskId key_back{Uuid{}};
    std::string name_back;
    Instant at_back{};
    Date born_back{};
    bool ok_back = false;
    Bytea raw_back;
    TextArray tags_back;
    std::optional<std::string> note_back = "not yet read";
    ASSERT_TRUE(admin().run(select_row, use(name, "name"), into(key_back), into(name_back), into(at_back),
                            into(born_back), into(ok_back), into(raw_back), into(tags_back),
                            into(note_back)));
    EXPECT_EQ(key_back, key);
    EXPECT_EQ(name_back, name);
    EXPECT_EQ(at_back, at);
    EXPECT_EQ(born_back, born);
    EXPECT_EQ(ok_back, ok);
    EXPECT_EQ(raw_back, raw);
    EXPECT_EQ(tags_back, tags);
    EXPECT_FALSE(note_back);
}

TEST_F(SessionTest, TimesSurviveAnotherTimeZone) {
    admin().command("SET timezone = 'Asia/Shanghai'");
    Uuid const key = id(1);
    std::string const name = "n";
    static constexpr Query put{
        "put", "INSERT INTO thing (id, name, at) VALUES (:id::uuid, :name, :at::timestamptz)"};
    static constexpr Query get{"get", "SELECT at FROM thing"};
    Instant const at = *parse_rfc3339("2026-03-02T10:20:30.000001Z");
    admin().run(put, use(key, "id"), use(name, "name"), use(at, "at"));
    Instant back{};
    ASSERT_TRUE(admin().run(get, into(back)));
    EXPECT_EQ(back, at);
}

TEST_F(SessionTest, NoRowIsSaidAndLeavesTheTargetAlone) {
    std::string name = "nobody", found = "as before";
    static constexpr Query one{"one", "SELECT name FROM thing WHERE name = :name"};
    EXPECT_FALSE(admin().run(one, use(name, "name"), into(found)));
    EXPECT_EQ(found, "as before");
    insert(1, "nobody");
    EXPECT_TRUE(admin().run(one, use(name, "name"), into(found)));
    EXPECT_EQ(found, "nobody");
}

TEST_F(SessionTest, EachSeesEveryRow) {
    for (std::uint8_t i = 0; i != 5; ++i) insert(i, std::string(1, static_cast<char>('a' + i)));
    std::string name, all;
    EXPECT_EQ(admin().each(
                  select_names, [&] { all += name; }, into(name)),
              5U);
    EXPECT_EQ(all, "abcde");
}

TEST_F(SessionTest, AnExceptionInsideEachLeavesTheStatementUsable) {
    insert(1, "a");
    insert(2, "b");
    std::string name;
    EXPECT_THROW(admin().each(
                     select_names, [] { throw std::domain_error("enough"); }, into(name)),
                 std::domain_error);
    EXPECT_THROW(admin().each(
                     select_names, [&] { admin().run(select_names, into(name)); }, into(name)),
                 std::logic_error);
    EXPECT_EQ(admin().each(
                  select_names, [] {}, into(name)),
              2U);
}

TEST_F(SessionTest, ANullInAPlainValueIsAnError) {
    insert(1, "a");
    static constexpr Query get{"get_at", "SELECT at FROM thing"};
    Instant at{};
    EXPECT_THROW(admin().run(get, into(at)), std::exception);
}

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
    static constexpr Query typo{"typo", "SELECT nmae FROM thing WHERE name = 'secret'"};
    try {
        admin().prepare(typo);
        FAIL();
    } catch (DbError const& error) {
        EXPECT_EQ(error.sqlstate(), "42703");
        EXPECT_STREQ(error.what(), "42703 in typo");
    }
}

TEST_F(SessionTest, ANulInATextIsRefusedAndNotCutOff) {
    EXPECT_EQ(failure(1, std::string("ab\0cd", 5)).kind(), ErrorKind::bad_data);
    int count = -1;
    ASSERT_TRUE(admin().run(count_rows, into(count)));
    EXPECT_EQ(count, 0);
}

TEST_F(SessionTest, CachedStatementsSurviveAReconnect) {
    std::string name;
    insert(1, "a");
    ASSERT_TRUE(admin().run(select_names, into(name)));
    admin().reconnect();
    insert(2, "b");
    EXPECT_EQ(admin().each(
                  select_names, [] {}, into(name)),
              2U);
}

TEST_F(SessionTest, AnIdleSessionNoticesItsEnd) {
    EXPECT_TRUE(admin().usable());
    kill_backend(admin());
    EXPECT_FALSE(admin().usable());
    std::string name;
    EXPECT_THROW(admin().run(select_names, into(name)), DbError);
    admin().reconnect();
    EXPECT_TRUE(admin().usable());
    EXPECT_FALSE(admin().run(select_names, into(name)));
}

TEST_F(SessionTest, ALostConnectionIsTold) {
    int pid = 0;
    kill_backend(admin());
    try {
        admin().run(backend_id, into(pid));
        FAIL();
    } catch (DbError const& error) {
        EXPECT_EQ(error.kind(), ErrorKind::connection) << error.what();
    }
    EXPECT_FALSE(admin().usable());
    EXPECT_FALSE(admin().tidy());
}

TEST_F(SessionTest, TidyRollsBackWhatWasLeftOpen) {
    admin().command("BEGIN");
    insert(1, "a");
    EXPECT_TRUE(admin().tidy());
    int count = -1;
    ASSERT_TRUE(admin().run(count_rows, into(count)));
    EXPECT_EQ(count, 0);
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
        std::string user, timeout;
        static constexpr Query who{"who", "SELECT current_user, current_setting('statement_timeout')"};
        ASSERT_TRUE(odd.run(who, into(user), into(timeout)));
        EXPECT_EQ(user, "Odd Role");
        EXPECT_EQ(timeout, "1234ms");
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
