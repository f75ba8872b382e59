#pragma once

#include "server/domain/access.hpp"
#include "server/service/exposures/parts.hpp"
#include "server/store/exposures.hpp"

namespace sponsio::service {

/// From where somebody looks at a case.
enum class ExposureSide {
    owner,    ///< the authority: everything
    unit,     ///< who is blamed: nothing of who reported it, and nothing before it was asked
    superior  ///< above the unit: the same, once the correction was ordered
};

/// Nothing: the case is not there for this official.
std::optional<ExposureSide> side_of(store::ExposureRow const& row, domain::Official const& who);

domain::JsonObject exposure_summary(store::ExposureRow const& row, domain::Catalogue const& catalogue,
                                    Instant now);
Outcome<domain::Json> exposure_view(db::PgSession& db, ExposureParts const& parts,
                                    store::ExposureRow const& row, ExposureSide side, Instant now);
/// What everybody reads of a case that was exposed. Of one that was withdrawn nothing but that.
Outcome<domain::Json> public_exposure(db::PgSession& db, Vault const& vault, store::ExposureRow const& row);

}  // namespace sponsio::service
