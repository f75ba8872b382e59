#pragma once

#include "server/db/cluster.hpp"
#include "server/db/session.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace sponsio::testing {

using sponsio::TempDir;

/// One private PostgreSQL per test program, in a temporary directory, without fsync. Started on first use;
/// gone, with all its files, when the program ends, however it ends.
class PgServer {
  public:
    static PgServer& instance();
    /// To be said before the first use, by what measures: with fsync, and the buffers of a server's own
    /// cluster.
    static void work_as_in_earnest();
    ~PgServer();

    /// Makes a new database: a copy of one that all migrations were applied to, or an empty one.
    std::string make_database();
    std::string make_empty_database();
    void drop_database(std::string const& name);

    [[nodiscard]] db::EmbeddedCluster& cluster() { return *cluster_; }

    /// Logs in as `role`: db::app_role, db::readonly_role or db::cluster_role.
    [[nodiscard]] db::ConnectionOptions connection(std::string const& database, std::string_view role) const;

  private:
    PgServer();
    void migrate_template();

    TempDir directory_;
    int janitor_ = -1;
    std::unique_ptr<db::EmbeddedCluster> cluster_;
    bool template_ready_ = false;
    int made_ = 0;
};

/// A test with a migrated database of its own. `db()` works with the server's rights, `admin()` may do
/// anything.
class PgFixture : public ::testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;

    /// An empty database instead of a migrated one.
    virtual bool migrated() const { return true; }

    db::PgSession& db();
    db::PgSession& admin();
    [[nodiscard]] db::ConnectionOptions app() const;
    [[nodiscard]] db::ConnectionOptions superuser() const;

    [[nodiscard]] std::string const& database() const { return database_; }

  private:
    std::string database_;
    std::optional<db::PgSession> db_;
    std::optional<db::PgSession> admin_;
};

class EmptyPgFixture : public PgFixture {
  protected:
    bool migrated() const override { return false; }
};

}  // namespace sponsio::testing
