#pragma once

#include "server/db/session.hpp"
#include "server/domain/exposure.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sponsio {

using ExposureAppointmentId = Id<struct ExposureAppointmentTag>;

}  // namespace sponsio

/// Which organisation owns the cases of a place about demanded proofs.
namespace sponsio::store {

/// Counts once it is confirmed, in place of those of its place and authority that were confirmed before.
struct ExposureAuthorityRow {
    ExposureAppointmentId id;
    domain::ExposureAuthority authority;
    std::string region;
    OrganisationId organisation;
    AccountId appointed_by;
    Instant appointed_at;
    std::optional<AccountId> confirmed_by{};
    std::optional<Instant> confirmed_at{};
    std::optional<Digest> proof{};  ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
};

void insert(db::PgSession& db, ExposureAuthorityRow const& row);
std::optional<ExposureAuthorityRow> lock_exposure_authority(db::PgSession& db, ExposureAppointmentId id);
/// Writes who confirmed it, and when.
void update(db::PgSession& db, ExposureAuthorityRow const& row);
/// Those that were confirmed, by region and authority, the newest first; of one region, or of all.
std::vector<ExposureAuthorityRow> confirmed_authorities(db::PgSession& db,
                                                        std::optional<std::string> const& region);
/// Of these organisations or of all, oldest first.
std::vector<ExposureAuthorityRow> exposure_authorities_after(
    db::PgSession& db, std::optional<std::vector<OrganisationId>> const& of,
    std::optional<ExposureAppointmentId> after, int limit);

}  // namespace sponsio::store
