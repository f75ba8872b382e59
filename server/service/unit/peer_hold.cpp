#include "server/service/unit/peer_hold.hpp"

#include "server/base/log.hpp"
#include "server/store/peer_holds.hpp"

namespace sponsio::service {

void keep_away(db::PgSession& db, std::string const& peer, std::optional<std::chrono::seconds> retry_after,
               Instant now) {
    if (!retry_after) return;
    Instant const until = now + *retry_after;
    store::hold_peer(db, peer, until);
    log::warn("outbound.held", {{log::Key::name, peer}, {log::Key::due_at, until}});
}

}  // namespace sponsio::service
