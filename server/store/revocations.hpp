#pragma once

#include "server/db/session.hpp"
#include "server/domain/revocation.hpp"
#include "server/store/request.hpp"

#include <optional>
#include <string>
#include <vector>

/// Requests that an effective finding be revoked.
namespace sponsio::store {

struct RevocationRow : Request<RevocationId> {
    FindingId finding;
    OrganisationId organisation;  ///< the identifying unit, which decides
    domain::RevocationGround ground;
    std::string number;
    Date decided_on;
    EvidenceId evidence;
    std::optional<Instant> due_at;  ///< first instant after the time to undo what followed
    std::string rule;               ///< clock text
    domain::RevocationState state = domain::RevocationState::requested;
};

/// False if one about this finding waits already.
bool insert(db::PgSession& db, RevocationRow const& row);
void decide(db::PgSession& db, RevocationRow const& row);
/// The one that waits, locked.
std::optional<RevocationRow> lock_waiting_revocation(db::PgSession& db, FindingId finding);
std::optional<RevocationRow> newest_revocation(db::PgSession& db, FindingId finding);
/// The drafts of its record that would still be signed, locked until the transaction ends.
std::vector<RecordId> lock_live_drafts(db::PgSession& db, FindingId finding);

}  // namespace sponsio::store
