#pragma once

#include "crypto/log/checkpoint.hpp"
#include "crypto/log/entry.hpp"
#include "server/db/executor.hpp"
#include "server/domain/decode.hpp"
#include "server/service/log/state.hpp"
#include "server/service/log/tile_cache.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::service {

struct LogOptions {
    std::string name;     ///< the first part of every shard's origin: "<name>/log/<shard>"
    unsigned shards = 1;  ///< at least so many
    HeadPlaces heads;     ///< outside the database; the prover is given by the service
    std::size_t cached_tiles = 8 * 1024 * 1024;  ///< bytes
    crypto::WitnessPolicy witnesses{};           ///< what a checkpoint needs to be shown; by default nothing
};

/// The kinds of leaves whose content is public.
enum class PublicLeaf { key, rules, draw, shard, audit, assessment };

constexpr auto words_of(PublicLeaf) {
    using enum PublicLeaf;
    return std::to_array<domain::Word<PublicLeaf>>({{key, crypto::log_kind::key},
                                                    {rules, crypto::log_kind::rules},
                                                    {draw, crypto::log_kind::draw},
                                                    {shard, crypto::log_kind::shard},
                                                    {audit, crypto::log_kind::audit},
                                                    {assessment, crypto::log_kind::assessment}});
}

/// The public view of the log, and its preparation at the start.
class LogService {
  public:
    LogService(db::DbExecutor& db, LogKeys keys, LogOptions options, Clock const& clock);

    /// Makes missing shards, recomputes every head from the stored entries, and has it confirmed outside the
    /// database. Returns the numbers of all shards that have not ended; the fault is
    /// a sentence for the operator.
    Outcome<std::vector<std::int16_t>> prepare(Deadline deadline);

    /// The newest checkpoint, a signed note; if a quorum of witnesses is required, the newest that has it,
    /// with all their cosignatures. not_found until there is one, and for an unknown shard.
    Async<std::string> checkpoint(std::int16_t shard, Deadline deadline);
    /// The file at that path below the log's prefix (C2SP tlog-tiles), whose bytes never change. not_found
    /// beyond the newest checkpoint and for any spelling but the canonical one.
    Async<TileCache::Content> tile(std::int16_t shard, std::string_view path, Deadline deadline);
    /// The verifier key (C2SP signed-note) of the key that signed the newest checkpoint, as a line.
    Async<std::string> verifier_key(std::int16_t shard, Deadline deadline);
    /// The verifier keys of all keys that ever signed for the log, one a line.
    Async<std::string> verifier_keys(std::int16_t shard, Deadline deadline);
    /// Leaves of a kind with an id above `after`, with their contents.
    Async<Page> leaves(PublicLeaf kind, std::int64_t after, int limit, Deadline deadline);

    /// For RowMemory.
    void forget() { tiles_.forget(); }

    [[nodiscard]] LogKeys const& keys() const noexcept { return keys_; }

    [[nodiscard]] HeadPlaces const& heads() const noexcept { return options_.heads; }

  private:
    Outcome<void> make_shard(db::PgSession& db, std::int16_t shard) const;
    Outcome<void> look_at(db::PgSession& db, store::LogHead const& head) const;
    Outcome<std::string> shown_checkpoint(db::PgSession& db, store::LogHead const& head) const;

    db::DbExecutor& db_;
    LogKeys keys_;
    LogOptions options_;
    Clock const& clock_;
    TileCache tiles_;
};

}  // namespace sponsio::service
