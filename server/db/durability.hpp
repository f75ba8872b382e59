#pragma once

#include "server/db/session.hpp"

namespace sponsio::db {

/// Whether this server keeps what it acknowledged: PostgreSQL 15 or newer, UTF8, fsync, full_page_writes and
/// synchronous_commit on, not a standby. The fault is a sentence for the operator that names the setting.
Outcome<void> check_durability(PgSession& db);

/// Whether what is left in a session (prepared statements, advisory locks, settings) is there for the next
/// transaction: not behind a pooler that gives each transaction another session. It asks with a second
/// session.
Outcome<void> check_session_is_ours(PgSession& db);

/// Whether a standby that takes over has everything that was acknowledged: synchronous_standby_names is set
/// and commits of this login wait for it. The fault names the setting.
Outcome<void> check_synchronous(PgSession& db);

/// Could this login become more than sponsio_app (superuser, or member of sponsio_owner)? Then a fault in the
/// program could change append-only tables; the operator is warned.
bool login_has_more_rights(PgSession& db);

}  // namespace sponsio::db
