#include "server/db/migrate.hpp"

#include "server/base/process.hpp"
#include "server/db/roles.hpp"
#include "server/db/session.hpp"
#include "text/bytes.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace sponsio::db {
namespace {

namespace fs = std::filesystem;

/// Any number, the same in every version of the program.
constexpr BinaryQuery lock{"migrate_lock", "SELECT pg_advisory_lock(7316400295281537377)"};
constexpr BinaryQuery has_table{"migrate_has_table", "SELECT to_regclass('sponsio_migration') IS NOT NULL"};
constexpr BinaryQuery applied{"migrate_applied",
                              "SELECT version, name, digest, "
                              "to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') "
                              "FROM sponsio_migration ORDER BY version"};
constexpr BinaryQuery digest_of{"migrate_digest", "SELECT sha256($1::bytea)"};
/// Version 0 is schema/roles.sql: the one text that may change, because it can be run again.
constexpr int roles_version = 0;
constexpr std::string_view roles_name = "roles";

constexpr std::string_view make_table =
    "create table if not exists sponsio_migration (\n"
    "    version    integer primary key,\n"
    "    name       text not null,\n"
    "    digest     bytea not null check (octet_length(digest) = 32),\n"
    "    applied_at timestamptz not null default statement_timestamp()\n"
    ");\n"
    "grant select on sponsio_migration to sponsio_app, sponsio_readonly;\n";

using Digest = std::vector<std::uint8_t>;

struct Applied {
    std::string name;
    Digest digest;
    std::string at;
};

Fault refuse(std::string en, std::string zh) {
    return fault(problem::unavailable, std::move(en), std::move(zh));
}

Digest sha256(PgSession& db, std::string_view text) {
    return db.exec(digest_of, Params(ByteString{std::string(text)}))[0].get<Digest>(0);
}

std::map<int, Applied> read_applied(PgSession& db) {
    std::map<int, Applied> found;
    if (!db.exec(has_table)[0].get<bool>(0)) return found;
    for (auto const row : db.exec(applied))
        found[row.get<std::int32_t>(0)] = {row.get<std::string>(1), row.get<Digest>(2),
                                           row.get<std::string>(3)};
    return found;
}

std::string file_name(int version, std::string_view name) {
    std::string number = std::to_string(version);
    number.insert(0, 4 - std::min<std::size_t>(4, number.size()), '0');
    return number.append("_").append(name).append(".sql");
}

/// Refuses unless every applied migration is known to this binary and unchanged.
Outcome<void> check_history(PgSession& db, std::map<int, Applied> const& history,
                            std::vector<Migration> const& known) {
    int const newest = known.empty() ? 0 : known.back().version;
    for (auto const& [version, was] : history) {
        if (version == roles_version) continue;
        std::string const file = file_name(version, was.name);
        if (version > newest)
            return refuse("The database is ahead of this program: " + file +
                              " was applied to it and is not known here. Use the newer program.",
                          "数据库版本高于本程序：已应用的 " + file + " 在本程序中不存在。请使用较新的程序。");
        auto const at = std::find_if(known.begin(), known.end(), [version = version](Migration const& m) {
            return m.version == version;
        });
        if (at == known.end() || at->name != was.name || sha256(db, at->sql) != was.digest)
            return refuse("The migration " + file +
                              " was changed after it had been applied to this database. " +
                              "Restore the file and write a new migration instead.",
                          "迁移文件 " + file + " 在应用到本数据库之后被修改。请恢复该文件，并另写新的迁移。");
    }
    return {};
}

fs::path find_psql(fs::path const& wanted) {
    if (!wanted.empty()) return wanted / "psql";
    fs::path const directory = find_on_path("psql");
    return (directory.empty() ? fs::path("/usr/lib/postgresql/15/bin") : directory) / "psql";
}

/// psql, since it knows all of SQL's quoting. What it printed; a fault only if it could not be started.
Outcome<Finished> run_psql(MigrateOptions const& options, std::string sql) {
    auto const where = connection_string(
        {.uri = options.uri, .application = "sponsio migrate", .patience = std::chrono::milliseconds{0}});
    if (!where) return where.error();
    Command command{.argv = {find_psql(options.bin).string(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d",
                             where->uri_without_password(), "-f", "-"},
                    .environment = {"LC_ALL=C"},
                    .inherit_environment = true,
                    .input = std::move(sql)};
    if (std::string const password = where->get("password"); !password.empty())
        command.environment.push_back("PGPASSWORD=" + password);
    Finished done = run_process(command);
    if (done.exit_code == 127)
        return refuse("psql could not be started; install the PostgreSQL client (Debian: postgresql-client).",
                      "无法启动 psql，请安装 PostgreSQL 客户端（Debian：postgresql-client）。");
    return done;
}

/// Several texts for one psql, each a transaction of its own; psql stops at the first that fails.
class Script {
  public:
    void add(std::string what, std::string_view sql) {
        text_.append("begin; ").append(sql).append("\n;\ncommit;\n");
        text_.append("\\echo ").append(committed).append("\n");
        parts_.push_back({std::move(what), first_line_});
        first_line_ += static_cast<std::size_t>(std::ranges::count(sql, '\n')) + 4;
    }

    [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }

    /// Runs them, and says how many were committed before the one that failed.
    Outcome<std::size_t> run(MigrateOptions const& options, std::optional<Fault>& failed) && {
        auto const done = run_psql(options, std::move(text_));
        if (!done) return done.error();
        std::size_t count = 0;
        std::string complaint;
        for (std::string_view rest = done->output; !rest.empty();) {
            std::string_view const line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
            if (line == committed)
                ++count;
            else
                complaint.append(line).append("\n");
        }
        if (done->exit_code == 0) return count;
        Part const& at = parts_.at(std::min(count, parts_.size() - 1));
        std::string const said = by_line_of(at, complaint);
        failed =
            refuse(at.what + " failed and was rolled back: " + said, at.what + " 执行失败并已回滚：" + said);
        return count;
    }

  private:
    struct Part {
        std::string what;
        std::size_t first_line;
    };

    /// psql counts the lines of all that it was given; whoever mends the file counts its own.
    static std::string by_line_of(Part const& part, std::string_view complaint) {
        constexpr std::string_view before = "psql:<stdin>:";
        std::size_t const at = complaint.rfind(before);  // notices come first
        if (at == std::string_view::npos) return std::string(complaint);
        char const* const number = complaint.data() + at + before.size();
        std::size_t line = 0;
        char const* const end = std::from_chars(number, complaint.data() + complaint.size(), line).ptr;
        std::string text(complaint.substr(0, at + before.size()));
        text.append(std::to_string(line + 1 - std::min(line, part.first_line)));
        return text.append(end, complaint.data() + complaint.size());
    }

    static constexpr std::string_view committed = "sponsio: committed";

    std::string text_;
    std::vector<Part> parts_;
    std::size_t first_line_ = 1;
};

Outcome<void> run_alone(MigrateOptions const& options, std::string what, std::string_view sql) {
    Script script;
    script.add(std::move(what), sql);
    std::optional<Fault> failed;
    if (auto const done = std::move(script).run(options, failed); !done) return done.error();
    if (failed) return std::move(*failed);
    return {};
}

/// The statement that records a migration: an integer, a name of [a-z0-9_] and hex digits, so nothing needs
/// quoting. What comes before the file goes on its first line, so that line numbers are those of the file.
std::string recorded(int version, std::string_view name, Digest const& digest, std::string_view sql) {
    std::string text(sql);
    text.append(
        "\n;\nset role sponsio_owner;\ninsert into sponsio_migration (version, name, digest) values (");
    text.append(std::to_string(version))
        .append(", '")
        .append(name)
        .append("', '")
        .append("\\x" + to_hex(digest));
    return text.append("') on conflict (version) do update set digest = excluded.digest, ")
        .append("applied_at = excluded.applied_at where sponsio_migration.version = 0;\n");
}

/// Makes the roles as in schema/roles.sql if this login may and they differ; else checks that they exist.
Outcome<void> ensure_roles(PgSession& db, MigrateOptions const& options,
                           std::map<int, Applied> const& history) {
    auto const may_make = may_make_roles(db);
    if (!may_make) return may_make.error();
    Digest const digest = sha256(db, options.roles);
    auto const was = history.find(roles_version);
    if (*may_make && (was == history.end() || was->second.digest != digest)) {
        std::string sql = options.roles;
        sql.append("\n;\nset role sponsio_owner;\n").append(make_table);
        return run_alone(options, "schema/roles.sql", recorded(roles_version, roles_name, digest, sql));
    }
    if (db.exec(has_table)[0].get<bool>(0)) return {};
    // An administrator ran schema/roles.sql by hand, and that file knows nothing of this table.
    std::string sql = "set role sponsio_owner;\n";
    return run_alone(options, "The table of migrations", sql.append(make_table));
}

std::optional<Migration> parse_name(Resource const& file) {
    std::string_view name = file.name.substr(file.name.find_last_of('/') + 1);
    int version = 0;
    if (name.size() < 10 || name[4] != '_' || !name.ends_with(".sql")) return std::nullopt;
    if (std::from_chars(name.data(), name.data() + 4, version).ptr != name.data() + 4) return std::nullopt;
    std::string_view const word = name.substr(5, name.size() - 9);
    if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string_view::npos)
        return std::nullopt;
    return Migration{version, std::string(word), std::string(file.bytes)};
}

Outcome<int> apply_missing(PgSession& db, MigrateOptions const& options) {
    auto history = read_applied(db);
    if (auto sound = check_history(db, history, options.migrations); !sound) return sound.error();
    if (auto ready = ensure_roles(db, options, history); !ready) return ready.error();
    Script script;
    std::vector<Migration const*> missing;
    for (Migration const& migration : options.migrations) {
        if (history.contains(migration.version)) continue;
        std::string sql = "set role sponsio_owner; ";
        sql += migration.sql;
        script.add(file_name(migration.version, migration.name),
                   recorded(migration.version, migration.name, sha256(db, migration.sql), sql));
        missing.push_back(&migration);
    }
    if (script.empty()) return 0;
    std::optional<Fault> failed;
    auto const applied_now = std::move(script).run(options, failed);
    if (!applied_now) return applied_now.error();
    for (std::size_t i = 0; i != *applied_now; ++i) options.on_applied(*missing.at(i));
    if (failed) return std::move(*failed);
    return static_cast<int>(*applied_now);
}

}  // namespace

Outcome<std::vector<Migration>> migrations_of(std::vector<Resource> const& files) {
    std::vector<Migration> found;
    for (Resource const& file : files) {
        auto migration = parse_name(file);
        if (!migration || migration->version != static_cast<int>(found.size()) + 1) {
            std::string const name(file.name);
            return refuse("A migration is called NNNN_name.sql, numbered from 0001 without gaps: " + name,
                          "迁移文件须命名为 NNNN_name.sql，并自 0001 起连续编号：" + name);
        }
        found.push_back(std::move(*migration));
    }
    return found;
}

Outcome<MigrateOptions> embedded_migrations(std::string uri) {
    auto migrations = migrations_of(resources_in("migrations/"));
    if (!migrations) return migrations.error();
    MigrateOptions options{.uri = std::move(uri), .migrations = std::move(*migrations)};
    for (Resource const& file : resources_in("roles.sql")) options.roles = file.bytes;
    return options;
}

Outcome<int> migrate(MigrateOptions const& options) try {
    PgSession db(
        {.uri = options.uri, .application = "sponsio migrate", .patience = std::chrono::milliseconds{0}});
    db.command("SET lock_timeout = '60s'");
    db.command("SET statement_timeout = 0");
    try {
        db.exec(lock);
    } catch (DbError const& error) {
        if (error.kind() != ErrorKind::timeout) throw;
        return refuse("Another migration of this database is still running.",
                      "该数据库的另一次迁移仍在进行。");
    }
    return apply_missing(db, options);  // the lock goes with the session
} catch (...) {
    return fault_from_current_exception();
}

Outcome<MigrationStatus> migration_status(MigrateOptions const& options) try {
    PgSession db(
        {.uri = options.uri, .application = "sponsio migrate", .patience = std::chrono::milliseconds{0}});
    auto const history = read_applied(db);
    if (auto sound = check_history(db, history, options.migrations); !sound) return sound.error();
    MigrationStatus status;
    status.up_to_date = true;
    for (Migration const& migration : options.migrations) {
        auto const was = history.find(migration.version);
        bool const done = was != history.end();
        status.up_to_date = status.up_to_date && done;
        status.rows.push_back({migration.version, migration.name,
                               done ? std::optional<std::string>(was->second.at) : std::nullopt});
    }
    return status;
} catch (...) {
    return fault_from_current_exception();
}

}  // namespace sponsio::db
