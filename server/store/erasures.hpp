#pragma once

#include "server/db/session.hpp"
#include "server/domain/erasure.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// Erasures, and the rows that they reach (server/store/sealed_places.hpp).
namespace sponsio::store {

struct ErasureRow {
    ErasureId id;
    std::string commitment_code;
    OrganisationId organisation;  ///< that accepted the commitment
    domain::ErasurePart part;
    domain::ErasureReason reason;
    std::string legal_basis;
    Instant requested_at;
    domain::ErasureState state = domain::ErasureState::requested;
    std::optional<AccountId> decided_by{};  ///< nobody: not decided, or a period of retention was over
    std::optional<Instant> decided_at{};
    std::vector<std::string> key_ids{};  ///< of the sealing keys that wrapped what was erased
    std::optional<Instant> finished_at{};
};

/// False if there is one already about this part of the commitment that was not refused.
bool insert(db::PgSession& db, ErasureRow const& row);
std::optional<ErasureRow> lock_erasure(db::PgSession& db, ErasureId id);
/// Writes state, who decided, the keys and the times.
void update(db::PgSession& db, ErasureRow const& row);
/// Of commitments that these organisations accepted, or of all, by id.
std::vector<ErasureRow> erasures_after(db::PgSession& db,
                                       std::optional<std::vector<OrganisationId>> const& of,
                                       std::optional<ErasureId> after, int limit);
/// Those that wait for the end of sealing keys, locked.
std::vector<ErasureRow> lock_unfinished_erasures(db::PgSession& db, int limit);

/// What speaks against erasing it now: an open check, finding, withdrawal, report, or a record in force.
enum class ErasureObstacle { open_check, open_finding, open_withdrawal, open_report, active_record };
std::optional<ErasureObstacle> obstacle_to_erasure(db::PgSession& db, std::string const& commitment_code,
                                                   domain::ErasurePart part);

/// Takes away the data keys of the rows and the indexes by which the person is found. Returns the sealing
/// keys that had wrapped them.
std::vector<std::string> erase_rows(db::PgSession& db, std::string const& commitment_code,
                                    domain::ErasurePart part);

/// Commitments whose committer has one of these terms, in the order of their codes.
struct FoundCase {
    std::string code;
    OrganisationId organisation;
};

std::vector<FoundCase> cases_of_committer(db::PgSession& db,
                                          std::vector<std::vector<std::uint8_t>> const& terms);

/// A record whose reasons can still be read, with the time from which its retention counts.
struct KeptRecord {
    std::string commitment_code;
    OrganisationId accepted_by;
    Instant effective_at;
};

/// Records of units in that region whose finding took effect before then.
std::vector<KeptRecord> records_effective_before(db::PgSession& db, std::string const& region, Instant before,
                                                 int limit);

/// What is left of the status of a record whose changes were erased; sealed with erased_status_label(). An
/// earlier one makes way.
void keep_status(db::PgSession& db, RecordId record, ErasureId erasure, SealedColumns const& content);
std::string erased_status_label(RecordId record);
std::vector<RecordId> records_of_commitment(db::PgSession& db, std::string const& commitment_code);

}  // namespace sponsio::store
