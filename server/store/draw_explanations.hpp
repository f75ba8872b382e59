#pragma once

#include "server/db/session.hpp"
#include "server/store/request.hpp"

#include <cstdint>
#include <optional>

/// Why draws were not revealed in time, as one person says and another accepts.
namespace sponsio::store {

struct DrawExplanation : Request<std::int64_t> {  // whose key the database gives
    DrawId draw;
    bool accepted = false;  ///< by the decision
};

/// DbError of kind unique on `draw_explanation_waiting` if one waits for its decision.
void insert(db::PgSession& db, DrawExplanation const& row);
/// The newest explanation of a draw.
std::optional<DrawExplanation> newest_explanation(db::PgSession& db, DrawId draw);
/// Writes the decision. Throws DbError of kind check on `draw_explanation_second_person` for the same person.
void decide(db::PgSession& db, DrawExplanation const& row);

}  // namespace sponsio::store
