#include "server/app/server_keys.hpp"

#include "crypto/keys/store.hpp"
#include "server/db/session.hpp"
#include "server/store/idempotency.hpp"

namespace sponsio::app {

service::KeyPlace key_place(std::filesystem::path const& state,
                            std::filesystem::path const& passphrase_file) {
    service::KeyPlace place = service::KeyPlace::below(state);
    if (!passphrase_file.empty()) place.passphrase_file = passphrase_file;
    return place;
}

Outcome<std::unique_ptr<service::KeyService>> open_keys(Database const& database,
                                                        service::KeyPlace const& place, Clock const& clock) {
    try {
        db::PgSession session(database.connection());
        if (!store::anything_sealed(session)) return service::KeyService::open(place, clock);
        auto keys = service::KeyService::open_existing(place, clock);
        if (!keys) return keys;
        if (auto complete = (*keys)->make_missing(clock.now()); !complete) return complete.error();
        return keys;
    } catch (db::DbError const& error) {
        return db::fault_of(error);
    }
}

}  // namespace sponsio::app
