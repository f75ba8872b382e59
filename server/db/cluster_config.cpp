#include "server/db/cluster_files.hpp"
#include "server/db/migrate.hpp"

#include <cerrno>
#include <fstream>
#include <unistd.h>

/// The configuration of a private PostgreSQL: everything that differs from its defaults, and why.
namespace sponsio::db::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view fixed_settings =
    R"(# Written by sponsio at every start. Own settings: local.conf in this directory.

# Reachable over the socket only.
listen_addresses = ''
port = 5432
unix_socket_permissions = 0700

# What was acknowledged survives a power cut.
wal_level = replica
max_wal_senders = 4
max_wal_size = 2GB
# Segments are used again rather than made anew: making one holds every commit up for some 50 ms.
min_wal_size = 1GB
wal_buffers = 16MB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9

# Many short statements.
jit = off
random_page_cost = 1.1
max_parallel_workers_per_gather = 0
huge_pages = try

# Errors name things, never values: the values are residents' statements.
log_destination = stderr
logging_collector = on
log_directory = log
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u@%d '
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_min_error_statement = panic
log_statement = none
log_min_duration_statement = -1
log_checkpoints = on
log_timezone = UTC

lc_messages = C
timezone = UTC
datestyle = 'iso, ymd'
default_text_search_config = 'pg_catalog.simple'
password_encryption = scram-sha-256
)";

std::string in_quotes(std::string_view value) {
    std::string out = "'";
    for (char c : value) {
        if (c == '\'' || c == '\\') out += c;
        out += c;
    }
    return out += '\'';
}

std::string settings(ClusterLayout const& layout, ClusterOptions const& options) {
    std::string text(fixed_settings);
    char const* const durable = options.test_only_unsafe_fast ? "off" : "on";
    text.append("\nfsync = ").append(durable);
    text.append("\nfull_page_writes = ").append(durable);
    text.append("\nsynchronous_commit = ").append(durable);
    text.append("\nunix_socket_directories = ").append(in_quotes(layout.sockets.native()));
    text.append("\ncluster_name = ").append(in_quotes(layout.title));
    text.append("\nshared_buffers = ").append(std::to_string(options.shared_buffers_mb)).append("MB");
    text.append("\nmax_connections = ").append(std::to_string(options.max_connections));
    text.append("\nhba_file = ").append(in_quotes((layout.config / "pg_hba.conf").native()));
    text.append("\nident_file = ").append(in_quotes((layout.config / "pg_ident.conf").native()));
    return text.append("\ninclude = 'local.conf'\n");
}

/// Peer authentication: the kernel names the user at the other end, so no secret lies on the disk.
constexpr std::string_view access_rules =
    "local all all peer map=sponsio\n"
    "local replication sponsio_cluster peer map=sponsio\n";

std::string user_map(std::optional<OsUser> const& user) {
    std::string text;
    auto const admit = [&text](std::string const& os_user) {
        for (std::string_view role : {cluster_role, app_role, readonly_role})
            text.append("sponsio \"").append(os_user).append("\" ").append(role).append("\n");
    };
    if (auto const self = OsUser::with_uid(geteuid())) admit(self->name);
    if (user) admit(user->name);
    return text;
}

void write(fs::path const& file, std::string_view text) {
    fs::path const fresh = file.string() + ".new";
    errno = 0;
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) throw fs::filesystem_error("cannot be written", fresh, {errno, std::generic_category()});
    fs::permissions(fresh, fs::perms(0644));
    fs::rename(fresh, file);
}

}  // namespace

void write_config(ClusterLayout const& layout, ClusterOptions const& options,
                  std::optional<OsUser> const& user) {
    fs::create_directories(layout.config);
    fs::permissions(layout.config, fs::perms(0755));
    write(layout.config / "postgresql.conf", settings(layout, options));
    write(layout.config / "pg_hba.conf", access_rules);
    write(layout.config / "pg_ident.conf", user_map(user));
    if (!fs::exists(layout.config / "local.conf"))
        write(layout.config / "local.conf",
              "# Settings of this installation; they win over postgresql.conf.\n");
}

}  // namespace sponsio::db::detail
