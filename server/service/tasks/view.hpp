#pragma once

#include "server/service/matters/commitment_steps.hpp"
#include "server/store/evidence.hpp"
#include "server/store/tasks.hpp"

namespace sponsio::service {

/// A task with its whole course, decrypted: the claim, present and past inspectors, the conclusion, requests,
/// decisions and notes, and every event.
Outcome<domain::Json> task_view(db::PgSession& db, Vault const& vault, MatterCache& matters,
                                store::TaskRow const& task, domain::WorkingCalendar const& calendar,
                                Instant now);

}  // namespace sponsio::service
