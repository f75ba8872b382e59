#pragma once

#include "server/base/time.hpp"
#include "server/db/tx.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace sponsio::service {

/// Stores the time for which a peer asked not to be called, if it did: until then no process calls it
/// (store::peer_held). All peers are handled here.
void keep_away(db::PgSession& db, std::string const& peer, std::optional<std::chrono::seconds> retry_after,
               Instant now);

}  // namespace sponsio::service
