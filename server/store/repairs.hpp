#pragma once

#include "server/db/session.hpp"
#include "server/domain/repair.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// Applications for credit repair.
namespace sponsio::store {

struct RepairRow {
    RepairId id;
    RecordId record;
    OrganisationId organisation;  ///< the identifying unit, which decides
    domain::IdentityCheck identity_check;
    std::optional<Digest>
        paper;  ///< of the image of the signed application; nothing where the subject applied
    std::optional<Date> corrected_on;
    std::optional<AccountId> filed_by;  ///< nobody: the subject
    Instant filed_at;
    std::optional<Instant> due_at;         ///< of the step that waits; nothing where no calendar knows it
    std::string rule;                      ///< clock text
    std::optional<Instant> answer_due_at;  ///< until when the applicant has an answer
    std::string answer_rule;
    domain::RepairState state = domain::RepairState::applied;
    std::optional<EvidenceId> correction{};
    std::optional<EvidenceId> commitment{};
    std::optional<AccountId> accepted_by{};
    std::optional<AccountId> decided_by{};
    std::optional<Instant> decided_at{};
    std::optional<std::string> number{};
    std::optional<AccountId> extended_by{};
    std::optional<AccountId> revoked_by{};
    std::optional<Instant> barred_until{};
};

/// Throws DbError unique on `repair_open` while another application about the record is open.
void insert(db::PgSession& db, RepairRow const& row);
/// Writes what a step may change.
void update(db::PgSession& db, RepairRow const& row);
std::optional<RepairRow> repair_by_id(db::PgSession& db, RepairId id);
/// The application, locked until the transaction ends.
std::optional<RepairRow> lock_repair(db::PgSession& db, RepairId id);

struct RepairList {
    std::optional<std::vector<OrganisationId>> of;  ///< nothing: all
    std::optional<domain::RepairState> state;
    std::optional<RecordId> record;
    std::optional<RepairId> after;
    int limit;
};

/// Oldest first.
std::vector<RepairRow> repairs_after(db::PgSession& db, RepairList const& list);
/// The latest end of the bars that a subject is under, by the record of one; nothing: none after `now`.
std::optional<Instant> barred_until(db::PgSession& db, RecordId record, Instant now);

}  // namespace sponsio::store
