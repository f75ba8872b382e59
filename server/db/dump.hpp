#pragma once

#include "server/db/session.hpp"
#include "server/db/tx.hpp"

#include <filesystem>
#include <string>

/// Backup of a whole database into one file and back, with PostgreSQL's own pg_dump and pg_restore.
namespace sponsio::db {

/// A snapshot of the database, held until this object is destroyed. Throws DbError.
class Snapshot {
  public:
    explicit Snapshot(ConnectionOptions options);

    /// A session that reads the very state of the dump.
    PgSession& session() { return session_; }

    [[nodiscard]] std::string const& id() const { return id_; }

  private:
    PgSession session_;
    Tx tx_;
    std::string id_;
};

/// Writes the snapshot to a new file. The fault quotes pg_dump's message.
Outcome<void> dump(std::string const& uri, Snapshot const& snapshot, std::filesystem::path const& file);

/// Whether the database has no table.
Outcome<bool> is_empty(std::string const& uri);

/// Makes missing roles and restores a dump into an empty database, as a whole or not at all.
Outcome<void> load_dump(std::string const& uri, std::filesystem::path const& file);

}  // namespace sponsio::db
