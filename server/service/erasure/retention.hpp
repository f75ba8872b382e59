#pragma once

#include "server/db/executor.hpp"
#include "server/domain/calendar.hpp"
#include "server/domain/rules.hpp"
#include "server/service/unit/vault.hpp"

namespace sponsio::service {

/// What ends by itself: credit information whose retention is over (docs/law.md G12), and erasures, once the
/// sealing keys are gone under which copies lie elsewhere.
class Retention {
  public:
    struct Parts {
        db::DbExecutor& db;
        Vault const& vault;
        domain::Rules const& rules;
        domain::WorkingCalendar const& calendar;
        Clock const& clock;
    };

    explicit Retention(Parts parts) : parts_(parts) {}

    /// Erases the credit information of some cases whose rule `retention.negative` says so, each with its
    /// event. Returns how many. Blocks: for a thread of the background work.
    Outcome<std::size_t> end_records(Deadline deadline) const;
    /// Finishes erasures. Returns how many. Blocks.
    Outcome<std::size_t> finish(Deadline deadline) const;

  private:
    Parts parts_;
};

}  // namespace sponsio::service
