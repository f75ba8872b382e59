#pragma once

#include "server/domain/decode.hpp"
#include "server/store/draw_results.hpp"
#include "server/store/draws.hpp"
#include "server/store/log.hpp"

#include <optional>
#include <string>
#include <vector>

/// What is said of a draw, to supervisors and to everybody.
namespace sponsio::service {

/// The leaves of a draw in the log: first the one that commits to pool and seed, then one for each revision
/// of the statement.
class DrawLeaves {
  public:
    DrawLeaves(db::PgSession& db, DrawId id);

    /// Nothing: the pool is not fixed yet, or its leaf waits for its place.
    [[nodiscard]] std::optional<store::LeafRow> committed() const;
    /// The newest revision that is in the log, and so may be shown; 0: none.
    [[nodiscard]] int shown_revision() const;

  private:
    std::vector<store::LeafRow> leaves_;
};

/// What people see: a result is none before it is in the log.
domain::DrawState shown_state(store::DrawRow const& row, DrawLeaves const& leaves);

/// Whether the time limit has passed without a result: somebody refuses to reveal, or could not.
bool overdue(store::DrawRow const& row, DrawLeaves const& leaves, Instant now);

/// One line of a list.
domain::JsonObject draw_line(store::DrawRow const& row, DrawLeaves const& leaves, Instant now);
/// The plan, what was committed to, put in and revealed. Names no person and no account.
domain::JsonObject draw_view(store::DrawRow const& row, DrawLeaves const& leaves, Instant now);
domain::Json outcomes_view(std::vector<store::StratumOutcome> const& outcomes);

}  // namespace sponsio::service
