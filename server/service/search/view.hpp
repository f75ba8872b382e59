#pragma once

#include "server/domain/access.hpp"
#include "server/service/matters/ground.hpp"
#include "server/store/search.hpp"

#include <span>
#include <vector>

namespace sponsio::service {

/// The commitments as a list shows them, with the names of people and matters and with what hangs on them.
/// The name of a committer whose content was erased is null.
Outcome<std::vector<domain::Json>> found_views(db::PgSession& db, Ground const& ground,
                                               domain::Official const& who,
                                               std::span<store::CommitmentRow const> rows);

}  // namespace sponsio::service
