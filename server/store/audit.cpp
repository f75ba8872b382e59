#include "server/store/audit.hpp"

#include "server/store/columns.hpp"
#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;

using Runs = Table<"audit_run", AuditRun, Column<"last_event", &AuditRun::last_event>,
                   Column<"events", &AuditRun::events>, Column<"head", &AuditRun::head>>;

constexpr BinaryQuery insert_run{"audit.insert", sql<Runs::insert>};
constexpr BinaryQuery select_last{"audit.last", sql<Runs::select, "order by last_event desc limit 1">};
constexpr BinaryQuery select_behind{"audit.behind",
                                    sql<Runs::select, "where last_event > $1 order by last_event limit 1">};
constexpr BinaryQuery count_leaves{
    "audit.leaves_without_run",
    "select count(*) from log_leaf where kind = 'audit' "
    "and not exists (select from audit_run where last_event::text = log_leaf.subject)"};

}  // namespace

AuditRun last_audit_run(db::PgSession& db) {
    return first_of(db.exec(select_last), Runs::read).value_or(AuditRun{});
}

std::optional<AuditRun> audit_run_behind(db::PgSession& db, std::int64_t event) {
    return first_of(db.exec(select_behind, db::Params(event)), Runs::read);
}

void insert(db::PgSession& db, AuditRun const& run) {
    db.exec(insert_run, Runs::values(run));
}

std::int64_t audit_leaves_without_run(db::PgSession& db) {
    return value_of<std::int64_t>(db.exec(count_leaves)).value_or(0);
}

}  // namespace sponsio::store
