#pragma once

#include "server/db/executor.hpp"
#include "server/domain/calendar.hpp"
#include "server/domain/rules.hpp"
#include "server/service/unit/vault.hpp"

#include <functional>
#include <string>

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
        /// Tells the platform, in the caller's transaction, that the record is to be taken back by that rule.
        std::function<Outcome<void>(db::PgSession&, RecordId, std::string const& rule, Instant)> take_back{};
    };

    explicit Retention(Parts parts) : parts_(std::move(parts)) {}

    /// Orders the removal of the credit information of some cases whose rule `retention.negative` says so
    /// from wherever it is, and erases it here once the platform has answered, each with its event. Returns
    /// how many were erased. Blocks: for a thread of the background work.
    Outcome<std::size_t> end_records(Deadline deadline) const;
    /// Finishes erasures. Returns how many. Blocks.
    Outcome<std::size_t> finish(Deadline deadline) const;

  private:
    Outcome<void> remove_elsewhere(db::PgSession& db, std::string const& commitment_code,
                                   std::string const& rule, Instant now) const;

    Parts parts_;
};

}  // namespace sponsio::service
