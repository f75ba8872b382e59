#include "server/service/keys/sealing_keys.hpp"

#include "crypto/keys/store.hpp"
#include "server/base/log.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/sealing_keys.hpp"

namespace sponsio::service {
namespace {

constexpr std::int64_t pages_at_once = 256;  ///< 2 MiB, some thousand rows

}  // namespace

SealingKeys::SealingKeys(db::DbExecutor& db, KeyService& keys, Metrics& metrics, Options options)
    : db_(db),
      keys_(keys),
      vault_(keys.vault()),
      metrics_(metrics),
      options_(options),
      process_(Uuid::v7(SystemClock{}.now(), crypto::system_entropy().array<10>())),
      alone_since_(std::chrono::steady_clock::now()) {}

Outcome<std::size_t> SealingKeys::round(Deadline deadline) {
    auto const listed = keys_.sealing_keys();
    metrics_.sealing_keys.set(static_cast<double>(listed.size()));
    if (auto told = tell(deadline); !told) return told;
    if (listed.size() == 1) return std::size_t{0};
    // The newest is listed some seconds before it seals.
    if (current_ != listed.back().id) return std::size_t{0};
    if (std::chrono::steady_clock::now() - alone_since_ < options_.settling) return std::size_t{0};
    if (table_ != store::wrapped_keys.size()) return look_at_piece(deadline);
    if (std::chrono::steady_clock::now() - looked_through_ < options_.settling) return std::size_t{0};
    return destroy_old();
}

/// A pass begins anew with each change of the key, here or in another process.
Outcome<std::size_t> SealingKeys::tell(Deadline deadline) {
    std::string const seals = vault_.keys().current_id();
    auto others = db_.run_blocking(deadline, [&](db::PgSession& session) {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            store::tell_sealing(db, process_, seals);
            return std::size_t{store::others_seal_otherwise(db, seals)};
        });
    });
    if (!others) return others;
    if (seals != current_ || *others != 0) {
        current_ = seals;
        alone_since_ = std::chrono::steady_clock::now();
        table_ = 0;
        page_ = 0;
        left_ = false;
    }
    return others;
}

Outcome<std::size_t> SealingKeys::look_at_piece(Deadline deadline) {
    store::WrappedKey const& key = store::wrapped_keys[table_];
    bool more = false, left = false;
    auto done = db_.run_blocking(deadline, [&](db::PgSession& session) {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            left = false;
            std::int64_t const past = page_ + pages_at_once;
            more = past < store::pages_of(db, key);
            return store::rewrap_pages(db, key, current_, page_, past, [&](store::Wrapping const& old) {
                auto next = vault_.keys().rewrap(old.wrapped, old.key_id);
                if (next) return store::Wrapping{std::move(next->wrapped), std::move(next->master_key_id)};
                log::error("sealing.not_unwrapped", {{log::Key::name, key.table},
                                                     {log::Key::id, old.key_id},
                                                     {log::Key::cause, next.error().code}});
                left = true;
                return old;
            });
        });
    });
    if (!done) return done;
    left_ = left_ || left;
    metrics_.data_keys_rewrapped.add(static_cast<double>(*done));
    page_ = more ? page_ + pages_at_once : 0;
    if (!more) ++table_;
    looked_through_ = std::chrono::steady_clock::now();
    return std::size_t{1};  // there is more to look at
}

/// What a damaged row was wrapped in stays, for whoever puts the row back from a copy.
Outcome<std::size_t> SealingKeys::destroy_old() {
    table_ = 0;
    if (left_) {
        left_ = false;
        alone_since_ = std::chrono::steady_clock::now() + std::chrono::minutes(10);  // until the next pass
        return std::size_t{0};
    }
    std::size_t destroyed = 0;
    for (crypto::SecretInfo const& key : keys_.sealing_keys()) {
        if (key.id == current_) break;
        if (auto ended = keys_.destroy_sealing_key(key.id); !ended) return ended.error();
        ++destroyed;
    }
    return destroyed;
}

void SealingKeys::end(Deadline deadline) {
    (void)db_.run_blocking(deadline, [&](db::PgSession& session) {
        return in_transaction(session, [&](db::PgSession& db) -> Outcome<std::size_t> {
            store::end_sealing(db, process_);
            return std::size_t{0};
        });
    });
}

}  // namespace sponsio::service
