#include "server/db/durability.hpp"

#include <libpq-fe.h>

namespace sponsio::db {
namespace {

struct Setting {
    std::string_view name;
    std::string_view wanted;
};

constexpr Setting settings[] = {{"fsync", "on"}, {"full_page_writes", "on"}, {"server_encoding", "UTF8"}};

constexpr BinaryQuery current_setting{"current_setting", "SELECT current_setting($1::text)"};
constexpr BinaryQuery server_state{"server_state",
                                   "SELECT current_setting('server_version_num')::int4, pg_is_in_recovery()"};
constexpr BinaryQuery more_rights{
    "login_has_more_rights",
    "SELECT r.rolsuper OR EXISTS (SELECT 1 FROM pg_roles o WHERE o.rolname = 'sponsio_owner' "
    "AND pg_has_role(r.oid, o.oid, 'MEMBER')) FROM pg_roles r WHERE r.rolname = session_user"};

constexpr BinaryQuery backend_pid{"backend_pid", "SELECT pg_backend_pid()"};

std::string setting(PgSession& db, std::string_view name) {
    return db.exec(current_setting, Params(name))[0].get<std::string>(0);
}

Fault unfit(std::string en, std::string zh) {
    return fault(problem::unavailable, std::move(en), std::move(zh));
}

}  // namespace

Outcome<void> check_durability(PgSession& db) {
    auto const state = db.exec(server_state);
    if (state[0].get<std::int32_t>(0) < 150000)
        return unfit("The database server is older than PostgreSQL 15.",
                     "数据库服务器版本低于 PostgreSQL 15。");
    if (state[0].get<bool>(1))
        return unfit("The database server is a standby; Sponsio must reach the primary.",
                     "数据库服务器为备库，必须连接主库。");
    for (Setting const& s : settings) {
        std::string const value = setting(db, s.name);
        if (value == s.wanted) continue;
        std::string const what = std::string(s.name) + " = " + value;
        return unfit("The database server runs with " + what + "; it must be " + std::string(s.wanted) +
                         ", or acknowledged commitments could be lost.",
                     "数据库服务器的设置为 " + what + "，必须为 " + std::string(s.wanted) +
                         "，否则已确认的承诺可能丢失。");
    }
    std::string const commit = setting(db, "synchronous_commit");
    if (commit == "off")
        return unfit("synchronous_commit is off for this login; acknowledged commitments could be lost.",
                     "该登录角色的 synchronous_commit 为 off，已确认的承诺可能丢失。");
    return {};
}

Outcome<void> check_session_is_ours(PgSession& db) {
    auto const backend_of = [](PgSession& session) {
        return session.exec(backend_pid)[0].get<std::int32_t>(0);
    };
    std::int32_t const first = backend_of(db);
    if (first == PQbackendPID(db.native())) return {};
    // The first session goes through a pooler. One that keeps a server for each session gives the second
    // session another.
    PgSession second(db.options());
    if (backend_of(second) == first) return behind_a_pooler();
    return {};
}

Outcome<void> check_synchronous(PgSession& db) {
    std::string const commit = setting(db, "synchronous_commit");
    bool const waits = commit == "on" || commit == "remote_apply" || commit == "remote_write";
    if (waits && !setting(db, "synchronous_standby_names").empty()) return {};
    std::string const what = waits ? "synchronous_standby_names is empty" : "synchronous_commit = " + commit;
    return unfit(
        "--database names several hosts and " + what +
            ": a standby that takes over may lack what was acknowledged, and the log would be signed "
            "anew over it. Set synchronous_standby_names, or name places that outlive a machine with "
            "--heads, or a --witness.",
        "--database 含多个主机，而 " + what +
            "：接管的备库可能缺少已确认的内容，日志会因此分叉。请设置 synchronous_standby_names，"
            "或以 --heads 指定不随单机失效的位置，或指定 --witness。");
}

bool login_has_more_rights(PgSession& db) {
    return db.exec(more_rights)[0].get<bool>(0);
}

}  // namespace sponsio::db
