#pragma once

#include "server/base/fault.hpp"
#include "server/base/id.hpp"
#include "server/store/absences.hpp"

namespace sponsio::service {

/// Refuses with problem::conflict, naming the last day, while the account is entered as away: then nobody
/// gives it a check and it takes none.
Outcome<void> is_here(db::PgSession& db, AccountId account, Instant now);

}  // namespace sponsio::service
