#pragma once

#include "server/db/session.hpp"

namespace sponsio::db {

/// Refuses a server that may lose acknowledged data. Required: PostgreSQL 15 or newer, UTF8, fsync,
/// full_page_writes and synchronous_commit on, not a standby. The fault is a sentence for the operator that
/// names the setting.
Outcome<void> check_durability(PgSession& db);

/// Refuses a pooler that gives each transaction another session: prepared statements, advisory locks and
/// settings would be lost there. It uses a second session.
Outcome<void> check_session_is_ours(PgSession& db);

/// Refuses unless a standby that takes over has everything acknowledged: synchronous_standby_names is set and
/// commits of this login wait for it. The fault names the setting.
Outcome<void> check_synchronous(PgSession& db);

/// Whether this login may become more than sponsio_app (superuser, or member of sponsio_owner). If so, a
/// fault in the program could change append-only tables; the operator is warned.
bool login_has_more_rights(PgSession& db);

}  // namespace sponsio::db
