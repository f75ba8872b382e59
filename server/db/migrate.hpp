#pragma once

#include "server/base/fault.hpp"
#include "server/base/resources.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::db {

/// The roles that schema/roles.sql makes.
inline constexpr std::string_view app_role = "sponsio_app";
inline constexpr std::string_view readonly_role = "sponsio_readonly";

/// One file of schema/migrations.
struct Migration {
    int version;       ///< from its name, NNNN_name.sql
    std::string name;  ///< without number and suffix
    std::string sql;
};

struct MigrateOptions {
    std::string uri;              ///< a login that may become sponsio_owner (see schema/README.md)
    std::filesystem::path bin{};  ///< where psql is; empty: looked for
    std::vector<Migration> migrations{};
    std::string roles{};  ///< the text of schema/roles.sql
    std::function<void(Migration const&)> on_applied = [](Migration const&) {};
};

/// The options with the files in the binary. A file with a wrong name, or a gap in the numbers, is a fault.
Outcome<MigrateOptions> embedded_migrations(std::string uri);
Outcome<std::vector<Migration>> migrations_of(std::vector<Resource> const& files);

struct MigrationStatus {
    struct Row {
        int version;
        std::string name;
        std::optional<std::string> applied_at;  ///< RFC 3339; nothing: still to be applied
    };

    std::vector<Row> rows;
    bool up_to_date = false;
};

/// Applies the missing migrations, each file in one transaction with its record in sponsio_migration, under
/// an advisory lock. Refuses, with a sentence for the operator, when an applied file has changed or the
/// database is ahead of the binary. Returns the number applied.
Outcome<int> migrate(MigrateOptions const& options);

/// Only reads; works with any login that may read sponsio_migration. Refuses as migrate() does.
Outcome<MigrationStatus> migration_status(MigrateOptions const& options);

}  // namespace sponsio::db
