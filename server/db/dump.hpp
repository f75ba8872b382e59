#pragma once

#include "server/db/session.hpp"
#include "server/db/tx.hpp"

#include <filesystem>
#include <string>

/// A whole database in one file and back, by PostgreSQL's own pg_dump and pg_restore.
namespace sponsio::db {

/// A view of the database that does not move, from now until this object goes. Throws DbError.
class Snapshot {
  public:
    explicit Snapshot(ConnectionOptions options);

    /// For what is to be read of the very same state as the dump.
    PgSession& session() { return session_; }

    [[nodiscard]] std::string const& id() const { return id_; }

  private:
    PgSession session_;
    Tx tx_;
    std::string id_;
};

/// Writes what the snapshot shows to a new file. The fault says in pg_dump's words what stood in the way.
Outcome<void> dump(std::string const& uri, Snapshot const& snapshot, std::filesystem::path const& file);

/// Whether there is no table in the database.
Outcome<bool> is_empty(std::string const& uri);

/// Makes the three roles where they lack and puts back a dump, all of it or nothing, into an empty database.
Outcome<void> load_dump(std::string const& uri, std::filesystem::path const& file);

}  // namespace sponsio::db
