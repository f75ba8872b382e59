#pragma once

#include "server/db/cluster.hpp"
#include "server/db/connection.hpp"
#include "server/db/migrate.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace sponsio::db {
class PgSession;
}

namespace sponsio::app {

/// Where the database is: a private PostgreSQL below `data`, or the server that `uri` names.
struct DatabaseOptions {
    std::filesystem::path data;
    std::string uri{};
    std::filesystem::path uri_file{};  ///< that the URI was read from; empty: it was given as it is
};

/// Whether the primary may be another machine tomorrow: a connection string that names more than one host
/// (libpq "Specifying Multiple Hosts"). False for what is no connection string.
bool has_several_hosts(DatabaseOptions const& options);

/// The product's database, reachable and at the version of this binary.
class Database {
  public:
    enum class Use {
        serve,       ///< runs the private PostgreSQL for as long as this object lives
        administer,  ///< joins the one a running server keeps, or runs it for the length of a command; makes
                     ///< nothing where there is none
    };

    /// Migrates a private database; of a real one it only checks that `sponsio migrate` has been run. Refused
    /// with a sentence that says what to do.
    static Outcome<Database> open(DatabaseOptions const& options, Use use);
    /// The same without looking at the version: for `sponsio migrate`.
    static Outcome<Database> reach(DatabaseOptions const& options, Use use);

    /// As the server works with it: the rights of sponsio_app, no more.
    [[nodiscard]] db::ConnectionOptions connection() const;

    /// For the migrator.
    [[nodiscard]] std::string const& owner_uri() const { return owner_uri_; }

    [[nodiscard]] bool is_private() const { return app_uri_ != owner_uri_; }

    /// Whether the private PostgreSQL accepts connections; always true for a real one,
    /// which sessions find out about.
    [[nodiscard]] bool alive() const { return !cluster_ || cluster_->alive(); }

    void stop();

  private:
    std::unique_ptr<db::EmbeddedCluster> cluster_;
    std::string owner_uri_;
    std::string app_uri_;
};

/// A database that may lose what it acknowledged is refused, and a pooler that mixes sessions; a login that
/// could change history is warned of. `must_wait`: commits have to wait for a standby.
Outcome<void> fit_to_serve(db::PgSession& session, bool must_wait);

}  // namespace sponsio::app
