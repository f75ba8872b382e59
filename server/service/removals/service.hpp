#pragma once

#include "server/service/matters/ground.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/removals.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace sponsio::service {

struct RemovalFilter {
    std::optional<domain::RemovalState> state;  ///< nothing: all
    std::optional<RecordId> record;
    std::string after;  ///< removal_id of the last one seen; empty: from the start
    int limit = 50;
};

/// Removals of records (docs/life-of-a-record.md, Removal): who has to confirm which, by when, and who has.
/// The unit whose record it is, and those above it, see all receivers; an integrator sees the removals that
/// are its own to confirm, and of their receivers itself.
class RemovalService {
  public:
    /// A removal that is overdue is brought to mind again so often.
    static constexpr std::chrono::hours repeat{24};

    explicit RemovalService(Ground ground) : parts_(std::move(ground)) {}

    Async<Page> list(Caller<Official> const& caller, RemovalFilter filter);
    Async<domain::Json> removal(Caller<Official> const& caller, RemovalId id);
    /// Keeps the receipt of the caller's organisation, for this removal and for those of the record that ask
    /// for no more than what was done. Fault: problem::conflict if it was given, problem::wrong_step if the
    /// removal has ended.
    Async<Created> confirm(Caller<Official> const& caller, RequestOnce once, RemovalId id,
                           domain::RemovalReceipt receipt);

    /// Counts periods, takes the receipts that need nobody to be asked, tells receivers, brings overdue
    /// removals to mind, and finishes what is confirmed. Returns how many removals it went on with. Blocks:
    /// for a thread of the background work.
    Outcome<std::size_t> go_on(Deadline deadline, int at_most);

  private:
    [[nodiscard]] Outcome<domain::Json> view(db::PgSession& db, Official const& who,
                                             store::RemovalRow const& row) const;
    [[nodiscard]] Outcome<Made> make_receipt(db::PgSession& db, Official const& who, RemovalId id,
                                             domain::RemovalReceipt const& receipt) const;
    Outcome<void> go_on(db::PgSession& db, store::RemovalRow& row, Instant now) const;
    void publish(db::PgSession& db) const;

    Ground parts_;
};

}  // namespace sponsio::service
