#include "server/store/peer_holds.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

constexpr db::BinaryQuery upsert{"peer_holds.upsert",
                                 "insert into peer_hold (peer, until) values ($1, $2) on conflict (peer) do "
                                 "update set until = excluded.until"};
constexpr db::BinaryQuery select_held{"peer_holds.held",
                                      "select true from peer_hold where peer = $1 and until > $2"};

}  // namespace

void hold_peer(db::PgSession& db, std::string const& peer, Instant until) {
    db.exec(upsert, db::Params(peer, until));
}

bool peer_held(db::PgSession& db, std::string const& peer, Instant now) {
    return !db.exec(select_held, db::Params(peer, now)).empty();
}

}  // namespace sponsio::store
