#pragma once

#include "server/db/executor.hpp"
#include "server/domain/conflict.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/conflicts.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace sponsio::service {

/// Conflicts of interest, as inspectors declare them. Of the other person only the blind index of the
/// document is stored: a draw can keep the two apart, and nobody can read who it is.
class ConflictService {
  public:
    ConflictService(db::DbExecutor& db, Vault const& vault, Clock const& clock)
        : db_(db), vault_(vault), clock_(clock) {}

    Async<Created> declare(Caller<Official> const& caller, RequestOnce once, domain::Json body);
    /// The caller's own conflicts, oldest first.
    Async<Page> list(Caller<Official> const& caller, std::optional<ConflictId> after, int limit);
    /// Ends a conflict for pools that are fixed from now on; no change if it was ended before.
    Async<domain::Json> end(Caller<Official> const& caller, ConflictId id);

  private:
    Outcome<domain::Json> view(store::ConflictRow const& row) const;

    db::DbExecutor& db_;
    Vault const& vault_;
    Clock const& clock_;
};

}  // namespace sponsio::service
