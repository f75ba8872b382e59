#include "server/db/migrate.hpp"

#include "server/db/durability.hpp"
#include "server/db/session.hpp"
#include "server/db/tx.hpp"
#include "tests/support/pg_fixture.hpp"
#include "tests/unit/db/made_cluster.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace sponsio::db {
namespace {

constexpr BinaryQuery versions{"versions", "SELECT count(*) FROM sponsio_migration WHERE version > 0"};
constexpr BinaryQuery first_rows{"first_rows", "SELECT word FROM first"};

class MigrateTest : public testing::EmptyPgFixture {
  protected:
    MigrateOptions options() {
        MigrateOptions all{.uri = superuser().uri};
        all.roles = embedded_migrations("").value().roles;
        all.migrations = {{1, "first",
                           "-- a ' and :a and $1 in a comment\ncreate table first (word text);\n"
                           "grant select, insert on first to sponsio_app;\n"
                           "do $$ begin insert into first values ('a;b :c'); end $$;\n"},
                          {2, "second", "create table second (n int);"}};
        return all;
    }

    std::int64_t applied() { return admin().exec(versions)[0].get<std::int64_t>(0); }

    static std::string refusal(Outcome<int> const& outcome) {
        return outcome ? "it was applied" : outcome.error().detail.en;
    }
};

TEST_F(MigrateTest, AppliesOnceAndInOrder) {
    auto all = options();
    std::string order;
    all.on_applied = [&order](Migration const& m) { order += m.name + " "; };
    EXPECT_EQ(migrate(all).value(), 2);
    EXPECT_EQ(order, "first second ");
    EXPECT_EQ(migrate(all).value(), 0);
    EXPECT_EQ(admin().exec(first_rows)[0].get<std::string>(0), "a;b :c");
    EXPECT_EQ(applied(), 2);
}

TEST_F(MigrateTest, StatusTellsWhatIsMissing) {
    auto all = options();
    auto const none = migration_status(all).value();
    EXPECT_FALSE(none.up_to_date);
    ASSERT_EQ(none.rows.size(), 2U);
    EXPECT_FALSE(none.rows[0].applied_at);
    auto const later = all.migrations.back();
    all.migrations.pop_back();
    ASSERT_TRUE(migrate(all));
    all.migrations.push_back(later);
    auto const half = migration_status(all).value();
    EXPECT_FALSE(half.up_to_date);
    EXPECT_TRUE(parse_rfc3339(half.rows[0].applied_at.value()));
    EXPECT_FALSE(half.rows[1].applied_at);
    ASSERT_TRUE(migrate(all));
    all.uri = app().uri;
    EXPECT_TRUE(migration_status(all).value().up_to_date) << "with the server's own login";
}

TEST_F(MigrateTest, AFailureRollsTheWholeFileBack) {
    auto all = options();
    all.migrations[1].sql = "create table second (n int);\ninsert into second values ('x');";
    auto const outcome = migrate(all);
    EXPECT_NE(refusal(outcome).find("0002_second.sql failed"), std::string::npos) << refusal(outcome);
    EXPECT_NE(refusal(outcome).find(":2: ERROR"), std::string::npos) << "the file's own line number";
    EXPECT_EQ(applied(), 1);
    EXPECT_THROW(admin().command("SELECT * FROM second"), DbError);
    all.migrations[1].sql = "create table second (n int);";
    EXPECT_EQ(migrate(all).value(), 1);
}

TEST_F(MigrateTest, RefusesAChangedFile) {
    auto all = options();
    ASSERT_TRUE(migrate(all));
    all.migrations[0].sql += " ";
    EXPECT_NE(refusal(migrate(all)).find("0001_first.sql was changed"), std::string::npos);
    EXPECT_FALSE(migration_status(all));
}

TEST_F(MigrateTest, RefusesADatabaseAheadOfTheProgram) {
    auto all = options();
    ASSERT_TRUE(migrate(all));
    all.migrations.pop_back();
    EXPECT_NE(refusal(migrate(all)).find("ahead of this program"), std::string::npos);
    EXPECT_FALSE(migration_status(all));
}

TEST_F(MigrateTest, TwoAtOnceApplyEverythingOnce) {
    auto all = options();
    all.migrations[0].sql += "select pg_sleep(0.2);";
    int counts[2] = {-1, -1};
    std::thread other([&] { counts[0] = migrate(all).value(); });
    counts[1] = migrate(all).value();
    other.join();
    EXPECT_EQ(counts[0] + counts[1], 2);
    EXPECT_EQ(applied(), 2);
}

TEST_F(MigrateTest, ChangedRolesAreAppliedAgain) {
    auto all = options();
    ASSERT_TRUE(migrate(all));
    all.roles += "\ncomment on role sponsio_app is 'changed';\n";
    EXPECT_EQ(migrate(all).value(), 0);
    static constexpr BinaryQuery comment{
        "comment", "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = 'sponsio_app'"};
    EXPECT_EQ(admin().exec(comment)[0].get<std::string>(0), "changed");
}

TEST_F(MigrateTest, TheServersLoginMayNotMigrate) {
    ASSERT_TRUE(migrate(options()));
    auto all = options();
    all.uri = app().uri;
    all.migrations.push_back({3, "third", "create table third (n int);"});
    EXPECT_NE(refusal(migrate(all)).find("not a member of sponsio_owner"), std::string::npos)
        << refusal(migrate(all));
}

TEST_F(MigrateTest, TheServerMayDoWhatAMigrationGrantsAndNoMore) {
    ASSERT_TRUE(migrate(options()));
    db().command("INSERT INTO first VALUES ('x')");
    for (auto const* sql : {"UPDATE first SET word = 'y'", "DELETE FROM first", "TRUNCATE first",
                            "DROP TABLE first", "CREATE TABLE mine (n int)", "DELETE FROM sponsio_migration",
                            "UPDATE sponsio_migration SET version = 9", "SET ROLE sponsio_owner",
                            "SET SESSION AUTHORIZATION sponsio_cluster"}) {
        try {
            db().command(sql);
            ADD_FAILURE() << sql;
        } catch (DbError const& error) {
            EXPECT_EQ(error.sqlstate(), "42501") << sql;
        }
    }
}

TEST_F(MigrateTest, RolesBringTheirSettings) {
    ASSERT_TRUE(migrate(options()));
    static constexpr BinaryQuery setting{"setting", "SELECT current_setting($1::text)"};
    auto const of = [&](PgSession& session, char const* name) {
        return session.exec(setting, Params(name))[0].get<std::string>(0);
    };
    EXPECT_EQ(of(db(), "TimeZone"), "UTC");
    EXPECT_EQ(of(db(), "statement_timeout"), "20s");
    EXPECT_EQ(of(db(), "lock_timeout"), "5s");
    EXPECT_EQ(of(db(), "idle_in_transaction_session_timeout"), "15s");
    PgSession reader(testing::PgServer::instance().connection(database(), readonly_role));
    EXPECT_EQ(of(reader, "default_transaction_read_only"), "on");
}

TEST_F(MigrateTest, APasswordNeverReachesACommandLineOrAMessage) {
    auto all = options();
    all.uri += "&password=hunter2";
    all.migrations[0].sql = "select 1/0;";
    auto const outcome = migrate(all);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().detail.en.find("hunter2"), std::string::npos);
}

TEST(MigrationNames, AreNumberedWithoutGaps) {
    auto const good = migrations_of({{"migrations/0001_a_b.sql", "x"}, {"migrations/0002_c.sql", "y"}});
    ASSERT_TRUE(good);
    EXPECT_EQ(good->at(0).name, "a_b");
    EXPECT_EQ(good->at(1).version, 2);
    for (auto const* bad : {"migrations/0002_a.sql", "migrations/1_a.sql", "migrations/0001-a.sql",
                            "migrations/0001_a.txt", "migrations/0001_A.sql", "migrations/0001_.sql"})
        EXPECT_FALSE(migrations_of({{bad, ""}})) << bad;
}

/// A server like an administrator's own: logins with other rights than ours.
class ForeignServer : public ::testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::path const config = dir_.path() / "postgres-config";
        std::filesystem::create_directories(config);
        std::ofstream(config / "open.conf") << "local all all trust\n";
        std::ofstream(config / "local.conf") << "hba_file = '" << (config / "open.conf").string() << "'\n";
        auto options = at(dir_.path());
        options.test_only_unsafe_fast = true;
        cluster_ = started(std::move(options));
        admin_.emplace(ConnectionOptions{.uri = cluster_->address().uri(cluster_role)});
    }

    MigrateOptions options(std::string_view login) {
        MigrateOptions all = embedded_migrations(cluster_->address().uri(login, "theirs")).value();
        all.migrations = {
            {1, "first", "create table first (n int); grant select, insert on first to sponsio_app;"}};
        return all;
    }

    std::string uri(std::string_view login) { return cluster_->address().uri(login, "theirs"); }

    PgSession& admin() { return *admin_; }

  private:
    MadeDir dir_;
    std::unique_ptr<EmbeddedCluster> cluster_;
    std::optional<PgSession> admin_;
};

TEST_F(ForeignServer, ALoginThatOwnsTheDatabaseAndMayCreateRolesIsEnough) {
    admin().command("CREATE ROLE builder LOGIN CREATEROLE");
    admin().command("CREATE DATABASE theirs OWNER builder");
    EXPECT_EQ(migrate(options("builder")).value(), 1);
    EXPECT_EQ(migrate(options("builder")).value(), 0);
}

TEST_F(ForeignServer, AMemberOfTheOwnerMayMigrateOnceTheRolesAreThere) {
    admin().command("CREATE DATABASE theirs");
    admin().command("CREATE ROLE deployer LOGIN");
    auto const early = migrate(options("deployer"));
    ASSERT_FALSE(early);
    EXPECT_NE(early.error().detail.en.find("roles.sql"), std::string::npos) << early.error().detail.en;
    // As schema/README.md tells an administrator: psql with the file and nothing else.
    MadeDir const dir;
    std::filesystem::path const file = dir.path() / "roles.sql";
    std::ofstream(file) << options("deployer").roles;
    std::string const by_hand =
        "psql -X -q -v ON_ERROR_STOP=1 -1 -f '" + file.string() + "' -d '" + uri(cluster_role) + "'";
    ASSERT_EQ(std::system(by_hand.c_str()), 0);
    admin().command("GRANT sponsio_owner TO deployer");
    EXPECT_EQ(migrate(options("deployer")).value(), 1);
}

TEST_F(ForeignServer, OneMightyLoginCanServeThroughSetRole) {
    admin().command("CREATE DATABASE theirs");
    EXPECT_EQ(migrate(options(cluster_role)).value(), 1);
    PgSession db({.uri = uri(cluster_role), .role = std::string(app_role)});
    db.command("INSERT INTO first VALUES (1)");
    EXPECT_THROW(db.command("DELETE FROM first"), DbError);
    EXPECT_TRUE(login_has_more_rights(db));
    PgSession own({.uri = uri(app_role), .role = std::string(app_role)});
    EXPECT_FALSE(login_has_more_rights(own));
    EXPECT_THROW(own.command("DELETE FROM first"), DbError);
}

class EmbeddedMigrations : public testing::PgFixture {};

TEST_F(EmbeddedMigrations, AreAllAppliedInATestDatabase) {
    auto all = embedded_migrations(app().uri).value();
    EXPECT_FALSE(all.migrations.empty());
    EXPECT_TRUE(migration_status(all).value().up_to_date);
}

/// One line for each table of which sponsio_readonly may read nothing, and for each column it must not read
/// but may.
constexpr BinaryQuery readers{
    "readers",
    "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN "
    "('r', 'p') "
    "AND NOT c.relispartition AND NOT has_any_column_privilege('sponsio_readonly', c.oid, 'SELECT') "
    "UNION ALL "
    "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT "
    "a.attisdropped "
    "AND (a.attname ~ '^(sealed|wrapped_key|answer|token)' OR a.attname ~ '_index$' AND a.atttypid = "
    "'bytea'::regtype) "
    "AND a.atttypid = 'bytea'::regtype AND has_column_privilege('sponsio_readonly', c.oid, a.attnum, "
    "'SELECT') "
    "ORDER BY 1"};

TEST_F(EmbeddedMigrations, LetAReaderReadWhatNamesNobody) {
    PgSession owner({.uri = superuser().uri});
    std::vector<std::string> found;
    for (auto const row : owner.exec(readers)) found.push_back(row.get<std::string>(0));
    EXPECT_EQ(found, (std::vector<std::string>{"access_token", "draw_inspector", "used_key"}));
}

}  // namespace
}  // namespace sponsio::db
