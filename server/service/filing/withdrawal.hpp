#pragma once

#include "server/domain/access.hpp"
#include "server/domain/withdrawal.hpp"
#include "server/service/matters/ground.hpp"
#include "server/store/commitments.hpp"
#include "server/store/tasks.hpp"

#include <string>
#include <vector>

/// The withdrawal of a commitment, before its verification has begun.
namespace sponsio::service {

/// Withdraws the locked commitment at once or, where a check waits or a draw may yet bring one, asks the unit
/// that verifies: it is withdrawn when that consents, and until then the check goes on. `tasks` are its open
/// ones, locked before it.
Outcome<void> withdraw(db::PgSession& db, Ground const& ground, domain::Official const& who,
                       store::CommitmentRow& row, std::vector<store::TaskRow> tasks, std::string const& why,
                       Instant now);
/// Decides about a request, for the unit that verifies. The answer is the request.
Outcome<domain::Json> decide_withdrawal(db::PgSession& db, Ground const& ground, domain::Official const& who,
                                        std::string const& code, domain::WithdrawalDecision const& decision,
                                        Instant now);
/// The newest request about a commitment; null if there was none.
Outcome<domain::Json> withdrawal_view(db::PgSession& db, Vault const& vault, std::string const& code);

}  // namespace sponsio::service
