#pragma once

#include "server/base/metrics.hpp"
#include "server/db/executor.hpp"
#include "server/domain/calendar.hpp"
#include "server/domain/rules.hpp"
#include "server/service/matters/cache.hpp"
#include "server/service/unit/vault.hpp"

namespace sponsio::service {

/// What the services of a matter stand on. Everything referred to outlives who holds this.
struct Ground {
    db::DbExecutor& db;
    Vault const& vault;
    MatterCache& matters;
    domain::Rules const& rules;
    domain::WorkingCalendar const& calendar;
    Clock const& clock;
    Metrics* metrics = nullptr;  ///< may be null
};

}  // namespace sponsio::service
