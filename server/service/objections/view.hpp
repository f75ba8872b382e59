#pragma once

#include "server/domain/access.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/objections.hpp"

namespace sponsio::service {

/// An objection as those see it who handle it; the platform sees no proposal and no file.
Outcome<domain::Json> objection_view(db::PgSession& db, Vault const& vault, store::ObjectionRow const& row,
                                     domain::Official const& who, Instant now);
/// As its subject sees it: with the receipt and the answer, and without who handles it.
Outcome<domain::Json> own_objection_view(db::PgSession& db, Vault const& vault,
                                         store::ObjectionRow const& row, Instant now);
/// Without what was said.
domain::JsonObject objection_summary(store::ObjectionRow const& row, Instant now);

}  // namespace sponsio::service
