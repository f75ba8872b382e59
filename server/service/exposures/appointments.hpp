#pragma once

#include "server/service/exposures/parts.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/exposure_authorities.hpp"

#include <optional>
#include <string>

namespace sponsio::service {

/// Who owns the cases about demanded proofs of which place. One administrator appoints, and it counts once
/// another has confirmed it, in place of the one before (docs/exposure.md). Rows without a good proof
/// (prove_row) do not count.
class ExposureAppointments {
  public:
    explicit ExposureAppointments(ExposureParts const& parts) : parts_(parts) {}

    /// An organisation in reach for its region. It counts when confirm() was called.
    Async<Created> appoint(Caller<Official> const& caller, RequestOnce once, domain::AuthorityDraft draft);
    /// problem::same_person for who appointed it, problem::conflict if it is confirmed already.
    Async<domain::Json> confirm(Caller<Official> const& caller, ExposureAppointmentId id);
    /// Those of the organisations in reach, the ones that wait among them.
    Async<Page> list(Caller<Official> const& caller, std::optional<ExposureAppointmentId> after, int limit);
    /// Those that count now.
    Async<domain::Json> authorities(Deadline deadline);

  private:
    ExposureParts parts_;
};

/// The organisation that owns the cases of that region and authority; nothing if none is appointed.
std::optional<OrganisationId> authority_for(db::PgSession& db, Vault const& vault,
                                            domain::ExposureAuthority authority, std::string const& region);
/// Whether it is that authority of the region or of a place above it now, whoever is nearer.
bool is_authority_over(db::PgSession& db, Vault const& vault, OrganisationId organisation,
                       domain::ExposureAuthority authority, std::string const& region);
/// Whether it is an authority of any place now.
bool is_authority(db::PgSession& db, Vault const& vault, OrganisationId organisation);

}  // namespace sponsio::service
