#pragma once

#include "server/db/session.hpp"
#include "server/domain/rectification.hpp"
#include "server/store/request.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// Rectifications of doubtful commitments.
namespace sponsio::store {

struct RectificationRow : Request<std::int64_t> {  // whose key the database gives
    std::string commitment_code;
    domain::RectificationOutcome outcome;
    bool confirmed = false;  ///< by the decision
};

/// DbError of kind unique on `rectification_waiting` if one waits for its decision.
void insert(db::PgSession& db, RectificationRow const& row);
/// The newest rectification of a commitment.
std::optional<RectificationRow> newest_rectification(db::PgSession& db, std::string const& code);
/// Writes the decision. Throws DbError of kind check on `rectification_second_person` for the same person.
void decide(db::PgSession& db, RectificationRow const& row);

/// Whether a finding about the commitment is under way or in effect.
bool has_live_finding(db::PgSession& db, std::string const& code);

}  // namespace sponsio::store
