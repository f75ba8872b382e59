#include "server/service/keys/used_keys.hpp"

#include "server/service/unit/transaction.hpp"
#include "server/store/idempotency.hpp"

namespace sponsio::service {
namespace {

constexpr std::int64_t pages_at_once = 2048;  ///< 16 MiB, some hundred thousand keys

}  // namespace

Outcome<std::size_t> UsedKeys::round(Deadline deadline) {
    auto const ended = db_.run_blocking(deadline, [this](db::PgSession& session) {
        return in_transaction(session, [this](db::PgSession& db) -> Outcome<std::size_t> {
            Instant const ended_by = clock_.now() - store::key_lifetime;
            store::give_keys_to_accounts(db, ended_by);
            if (next_page_ >= store::pages_of_used_keys(db)) next_page_ = 0;
            return store::end_keys(db, next_page_, next_page_ + pages_at_once, ended_by);
        });
    });
    if (ended) next_page_ += pages_at_once;
    return ended;
}

}  // namespace sponsio::service
