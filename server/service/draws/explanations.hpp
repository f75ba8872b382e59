#pragma once

#include "server/domain/draw.hpp"
#include "server/service/matters/ground.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/draw_explanations.hpp"
#include "server/store/draws.hpp"

namespace sponsio::service {

/// What ends a draw that was not revealed in time: one person says why, another accepts it. Until then its
/// matters are drawn from by no other draw, so that nobody tries until a result suits.
class DrawExplanations {
  public:
    explicit DrawExplanations(Ground const& ground) : ground_(ground) {}

    /// Refused: too_early before the time limit, wrong_step for a draw that has ended, conflict while another
    /// explanation waits.
    Async<Created> explain(Caller<Official> const& caller, RequestOnce once, DrawId id, std::string why);
    /// Refused: wrong_step where none waits; same_person for who explained it or held the draw.
    Async<domain::Json> decide(Caller<Official> const& caller, DrawId id, domain::DrawDecision decision);

  private:
    Outcome<Made> make(db::PgSession& db, domain::Official const& who, DrawId id,
                       std::string const& why) const;
    Outcome<domain::Json> settle(db::PgSession& db, domain::Official const& who, DrawId id,
                                 domain::DrawDecision const& decision) const;

    Ground ground_;
};

/// The newest explanation of a draw, with its decision, its people by their accounts; null if there is none.
Outcome<domain::Json> explanation_view(db::PgSession& db, Vault const& vault, DrawId id);

}  // namespace sponsio::service
