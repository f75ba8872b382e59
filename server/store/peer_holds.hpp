#pragma once

#include "server/base/time.hpp"
#include "server/db/session.hpp"

#include <string>

/// Peers that asked not to be called for a while (Retry-After).
namespace sponsio::store {

/// Sets the end of the hold, whether it is later or sooner than the one before.
void hold_peer(db::PgSession& db, std::string const& peer, Instant until);
[[nodiscard]] bool peer_held(db::PgSession& db, std::string const& peer, Instant now);

}  // namespace sponsio::store
