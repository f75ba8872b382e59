#include "server/db/dump.hpp"

#include "server/base/process.hpp"
#include "server/base/resources.hpp"
#include "server/db/roles.hpp"

namespace sponsio::db {
namespace {

namespace fs = std::filesystem;

constexpr BinaryQuery export_snapshot{"export_snapshot", "select pg_export_snapshot()"};
constexpr BinaryQuery any_table{"any_table",
                                "select exists (select from pg_class c join pg_namespace n on n.oid = "
                                "c.relnamespace where c.relkind in ('r', 'p') "
                                "and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast'))"};

/// The path of a PostgreSQL client program, from PATH or from Debian's directory of version 15.
fs::path client_program(std::string const& name) {
    fs::path const directory = find_on_path(name);
    return (directory.empty() ? fs::path("/usr/lib/postgresql/15/bin") : directory) / name;
}

Outcome<void> run_client(std::string const& uri, std::string const& name, std::vector<std::string> arguments,
                         std::string input = {}) {
    auto const where = connection_string({.uri = uri, .application = "sponsio " + name});
    if (!where) return where.error();
    Command command{.argv = {client_program(name).string(), "-d", where->uri_without_password()},
                    .environment = {"LC_ALL=C"},
                    .inherit_environment = true,
                    .input = std::move(input)};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    if (std::string const password = where->get("password"); !password.empty())
        command.environment.push_back("PGPASSWORD=" + password);
    auto const done = run_process(command);
    if (done.exit_code == 0) return {};
    if (done.exit_code == 127)
        return fault(
            problem::unavailable,
            name + " could not be started; install the PostgreSQL client (Debian: postgresql-client-15).",
            "无法启动 " + name + "，请安装 PostgreSQL 客户端（Debian：postgresql-client-15）。");
    return fault(problem::unavailable, name + " failed: " + done.output, name + " 失败：" + done.output);
}

ConnectionOptions without_limits(ConnectionOptions options) {
    options.application = "sponsio backup";
    return options;
}

}  // namespace

Snapshot::Snapshot(ConnectionOptions options)
    : session_(without_limits(std::move(options))),
      tx_((session_.command("SET idle_in_transaction_session_timeout = 0"), session_),
          {.isolation = Isolation::repeatable_read, .read_only = true}),
      id_(session_.exec(export_snapshot)[0].get<std::string>(0)) {}

Outcome<void> dump(std::string const& uri, Snapshot const& snapshot, fs::path const& file) {
    return run_client(
        uri, "pg_dump",
        {"--format=custom", "--compress=1", "--snapshot=" + snapshot.id(), "--file=" + file.string()});
}

Outcome<bool> is_empty(std::string const& uri) try {
    PgSession session({.uri = uri});
    return !session.exec(any_table)[0].get<bool>(0);
} catch (...) {
    return fault_from_current_exception();
}

Outcome<void> load_dump(std::string const& uri, fs::path const& file) try {
    PgSession session({.uri = uri});
    auto const may_make = may_make_roles(session);
    if (!may_make) return may_make.error();
    for (Resource const& roles : resources_in("roles.sql")) {
        if (!*may_make) break;  // an administrator has made them
        if (auto made = run_client(uri, "psql", {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-1", "-f", "-"},
                                   std::string(roles.bytes));
            !made)
            return made;
    }
    return run_client(uri, "pg_restore", {"--exit-on-error", "--single-transaction", file.string()});
} catch (...) {
    return fault_from_current_exception();
}

}  // namespace sponsio::db
