#pragma once

#include "server/domain/decode.hpp"
#include "server/store/draw_results.hpp"
#include "server/store/draws.hpp"
#include "server/store/log.hpp"

#include <optional>
#include <string>
#include <vector>

/// Views of a draw, for supervisors and for the public.
namespace sponsio::service {

/// The leaves of a draw in the log: first the one that commits to pool and seed, then one for each revision
/// of the statement.
class DrawLeaves {
  public:
    DrawLeaves(db::PgSession& db, DrawId id);

    /// The leaf of the commitment; nothing while the pool is not fixed or its leaf is pending.
    [[nodiscard]] std::optional<store::LeafRow> committed() const;
    /// The newest revision that is in the log and may be shown; 0: none.
    [[nodiscard]] int shown_revision() const;

  private:
    std::vector<store::LeafRow> leaves_;
};

/// The state as shown: without a result until that is in the log.
domain::DrawState shown_state(store::DrawRow const& row, DrawLeaves const& leaves);

/// Whether the time limit has passed without a result: somebody refused to reveal, or could not.
bool overdue(store::DrawRow const& row, DrawLeaves const& leaves, Instant now);

/// A row of a list.
domain::JsonObject draw_line(store::DrawRow const& row, DrawLeaves const& leaves, Instant now);
/// The plan, the commitment, the public input and the reveal. Names no person and no account.
domain::JsonObject draw_view(store::DrawRow const& row, DrawLeaves const& leaves, Instant now);
domain::Json outcomes_view(std::vector<store::StratumOutcome> const& outcomes);

}  // namespace sponsio::service
