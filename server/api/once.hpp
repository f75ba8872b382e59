#pragma once

#include "server/base/time.hpp"
#include "server/http/router.hpp"
#include "server/service/unit/vault.hpp"

namespace sponsio::api {

/// Goes around the routes of the contract: whoever sends a POST again with the same Idempotency-Key gets the
/// first answer again, marked Idempotency-Replayed, whatever the route does. Routes that make something ask
/// for the key; for the steps of a lifecycle it may be left out. A route that streams its body reads it piece
/// by piece and keeps keys of its own (fileCommitments: one for each line).
http::Around once_per_key(service::Vault const& vault, Clock const& clock);

}  // namespace sponsio::api
