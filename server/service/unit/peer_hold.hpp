#pragma once

#include "server/base/time.hpp"
#include "server/db/tx.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace sponsio::service {

/// Keeps what a peer said of when to come back, if it said so: until then no process asks it anything
/// (store::peer_held). The way for all peers.
void keep_away(db::PgSession& db, std::string const& peer, std::optional<std::chrono::seconds> retry_after,
               Instant now);

}  // namespace sponsio::service
