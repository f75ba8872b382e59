#include "server/db/server_report.hpp"

#include "server/db/connection.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace sponsio::db {
namespace {

struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};

struct Clear {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};

/// One simple query, which any pooler lets through.
constexpr char const* question = R"(
select current_setting('server_version'), current_setting('server_version_num'), pg_is_in_recovery(),
       coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false),
       current_setting('synchronous_standby_names'),
       (select count(*) from pg_stat_replication where sync_state in ('sync', 'quorum')),
       current_setting('archive_mode') <> 'off',
       (select coalesce(string_agg(name || ' = ' || setting, ', '), '') from pg_settings
         where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'),
       (select count(*) from pg_roles where rolname in ('sponsio_owner', 'sponsio_app', 'sponsio_readonly')),
       exists (select from pg_roles where rolname = 'sponsio_app' and pg_has_role(session_user, oid, 'member')),
       (select rolsuper from pg_roles where rolname = session_user)
         or exists (select from pg_roles where rolname = 'sponsio_owner' and pg_has_role(session_user, oid, 'member')),
       (select has_table_privilege(r.oid, c.oid, 'insert') and not has_table_privilege(r.oid, c.oid, 'delete, truncate')
          from pg_class c, pg_roles r
         where c.oid = to_regclass('commitment') and r.rolname = 'sponsio_app'),
       pg_backend_pid()
)";

Fault unreachable(PGconn const* connection) {
    std::string why = PQerrorMessage(connection);
    while (!why.empty() && (why.back() == '\n' || why.back() == ' ')) why.pop_back();
    return fault(problem::unavailable, "The database cannot be reached: " + why + ".",
                 "无法连接数据库：" + why + "。");
}

std::string dotted(int version) {
    return std::to_string(version / 10'000) + "." + std::to_string(version % 10'000);
}

}  // namespace

Outcome<ServerReport> report_on_server(std::string const& uri) {
    auto const where = connection_string({.uri = uri, .application = "sponsio doctor"});
    if (!where) return where.error();
    std::unique_ptr<PGconn, Finish> const connection(PQconnectdb(where->uri().c_str()));
    if (PQstatus(connection.get()) != CONNECTION_OK) return unreachable(connection.get());
    std::unique_ptr<PGresult, Clear> const answer(PQexec(connection.get(), question));
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) return unreachable(connection.get());
    auto const text = [&](int column) { return std::string(PQgetvalue(answer.get(), 0, column)); };
    auto const number = [&](int column) { return std::atoi(PQgetvalue(answer.get(), 0, column)); };
    auto const truth = [&](int column) { return text(column) == "t"; };
    ServerReport report{.version = text(0),
                        .version_num = number(1),
                        .client_version = dotted(PQlibVersion()),
                        .standby = truth(2),
                        .tls = truth(3),
                        .synchronous_standbys = text(4),
                        .standbys_in_step = number(5),
                        .archives_wal = truth(6),
                        .unsafe = text(7),
                        .roles = number(8),
                        .may_serve = truth(9),
                        .may_too_much = truth(10),
                        .grants_right = {},
                        .pooled = number(12) != PQbackendPID(connection.get())};
    if (PQgetisnull(answer.get(), 0, 11) == 0) report.grants_right = truth(11);
    return report;
}

}  // namespace sponsio::db
