#pragma once

#include "server/db/session.hpp"
#include "server/domain/withdrawal.hpp"
#include "server/store/request.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>

/// Withdrawals of commitments, and the requests for those that need a consent.
namespace sponsio::store {

/// The reason of a withdrawal, in the resident's words (sealed).
void insert_withdrawal(db::PgSession& db, std::string const& code, AccountId recorded_by,
                       SealedColumns const& why, Instant now);

struct WithdrawalRow : Request<WithdrawalId> {
    std::string commitment_code;
    OrganisationId unit;  ///< that verifies, and so decides
    domain::WithdrawalState state = domain::WithdrawalState::requested;
};

/// False if a request about this commitment waits already.
bool insert(db::PgSession& db, WithdrawalRow const& row);
void decide(db::PgSession& db, WithdrawalRow const& row);
/// The request that waits, locked.
std::optional<WithdrawalRow> lock_waiting_withdrawal(db::PgSession& db, std::string const& code);
std::optional<WithdrawalRow> newest_withdrawal(db::PgSession& db, std::string const& code);
/// Whether a draw from commitments of this matter, accepted by then, was committed to and is not over.
bool may_be_drawn(db::PgSession& db, MatterId matter, Instant accepted_at);

}  // namespace sponsio::store
