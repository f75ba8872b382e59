#pragma once

#include "server/db/executor.hpp"
#include "server/service/draws/planner.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/draws.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace sponsio::service {

/// Draws as supervisors request them, for their own organisation and those below it. The background work
/// carries them out (rounds.hpp).
class DrawService {
  public:
    DrawService(db::DbExecutor& db, Vault const& vault, DrawPlanner planner, Clock const& clock)
        : db_(db), vault_(vault), planner_(planner), clock_(clock) {}

    /// Refused, with the refusal recorded: ratio_out_of_bounds, empty_pool, too_few_inspectors.
    Async<Created> create(Caller<Official> const& caller, RequestOnce once, domain::DrawRequest request);
    /// Refused, with the refusal recorded: wrong_step before the commitment is in
    /// the log or after the reveal.
    Async<domain::Json> give_public_input(Caller<Official> const& caller, DrawId id,
                                          domain::PublicInput input);
    Async<domain::Json> draw(Caller<Official> const& caller, DrawId id);
    Async<Page> list(Caller<Official> const& caller, std::optional<DrawId> after, int limit);

  private:
    Outcome<Made> make(db::PgSession& db, domain::Official const& who,
                       domain::DrawRequest const& request) const;
    Outcome<domain::Json> take_input(db::PgSession& db, domain::Official const& who, DrawId id,
                                     domain::PublicInput const& input, domain::DrawState& state) const;

    db::DbExecutor& db_;
    Vault const& vault_;
    DrawPlanner planner_;
    Clock const& clock_;
};

}  // namespace sponsio::service
