#pragma once

#include "server/db/session.hpp"
#include "server/domain/rectification.hpp"
#include "server/store/sealed.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// Commitments in question that somebody says were set right.
namespace sponsio::store {

struct RectificationRow {
    std::int64_t id = 0;  ///< given by the database
    std::string commitment_code;
    domain::RectificationOutcome outcome;
    SealedColumns content;
    AccountId recorded_by;
    Instant recorded_at;

    /// What the second person said, once they have.
    struct Decision {
        bool confirmed;
        AccountId by;
        Instant at;
        SealedColumns opinion;
    };

    std::optional<Decision> decision;
};

/// Seal labels (Vault) of the sealed texts of a commitment's rectifications.
std::string rectification_label(std::string const& code);
std::string rectification_decision_label(std::string const& code);

/// Returns the id. DbError of kind unique on `rectification_waiting` if one waits for its decision.
std::int64_t insert(db::PgSession& db, RectificationRow const& row);
/// The newest of a commitment.
std::optional<RectificationRow> newest_rectification(db::PgSession& db, std::string const& code);
/// Writes the decision. DbError of kind check on `rectification_second_person` if it is the first one's.
void decide(db::PgSession& db, RectificationRow const& row);

/// Whether a finding about the commitment is under way or in effect.
bool has_live_finding(db::PgSession& db, std::string const& code);

}  // namespace sponsio::store
