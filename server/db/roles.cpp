#include "server/db/roles.hpp"

namespace sponsio::db {
namespace {

constexpr BinaryQuery rights{
    "migrate_rights",
    "SELECT r.rolsuper OR r.rolcreaterole, EXISTS (SELECT 1 FROM pg_roles o WHERE o.rolname = "
    "'sponsio_owner' "
    "AND pg_has_role(r.oid, o.oid, 'MEMBER')) FROM pg_roles r WHERE r.rolname = session_user"};

}  // namespace

Outcome<bool> may_make_roles(PgSession& db) {
    auto const may = db.exec(rights);
    if (may[0].get<bool>(0)) return true;
    if (may[0].get<bool>(1)) return false;
    return fault(problem::unavailable,
                 "This database login may not change the schema: it is not a member of sponsio_owner. An "
                 "administrator has to run schema/roles.sql once, or migrate with a login of their own.",
                 "该数据库登录角色不是 sponsio_owner 的成员，无权更改表结构。"
                 "请由管理员先执行一次 schema/roles.sql，或使用管理员账号执行迁移。");
}

}  // namespace sponsio::db
