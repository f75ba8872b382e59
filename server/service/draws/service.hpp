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

    /// Refused, with the refusal recorded: ratio_out_of_bounds, empty_pool, too_few_inspectors, and conflict
    /// while a draw over one of the matters and the same days is open.
    Async<Created> create(Caller<Official> const& caller, RequestOnce once, domain::DrawRequest request);
    /// Refused, with the refusal recorded: same_person for who held the draw; wrong_step before the
    /// commitment is in the log or after the reveal.
    Async<domain::Json> give_public_input(Caller<Official> const& caller, DrawId id,
                                          domain::PublicInput input);
    Async<domain::Json> draw(Caller<Official> const& caller, DrawId id);
    Async<Page> list(Caller<Official> const& caller, std::optional<DrawId> after, int limit);
    /// The digest of draw-full.txt, which tells whose lots are whose; not_found before the result is shown,
    /// and for draws of version 1, whose pool is public.
    Async<crypto::Digest> full_pool(Caller<Official> const& caller, DrawId id);
    /// A piece of it, counted from 1; nothing after the last one. Of a draw that full_pool() showed the
    /// caller.
    Async<std::optional<std::string>> full_pool_piece(DrawId id, int number, Deadline deadline);

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
