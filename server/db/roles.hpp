#pragma once

#include "server/base/fault.hpp"
#include "server/db/session.hpp"

namespace sponsio::db {

/// Whether the login of a session may run schema/roles.sql: it is a superuser or may create roles. Any other
/// login must be a member of sponsio_owner, which an administrator made; else it is refused with a sentence
/// (schema/README.md).
Outcome<bool> may_make_roles(PgSession& db);

}  // namespace sponsio::db
