#pragma once

#include "server/store/log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Cosignatures of witnesses on checkpoints of the log. A witness is named by its verifier key.
namespace sponsio::store {

struct Cosignature {
    std::int16_t shard;
    std::string witness;
    std::uint64_t size;  ///< of the checkpoint
    std::string line;    ///< as it stands in a note, with its newline
    Instant cosigned_at;
};

/// Does nothing if this witness's cosignature of that checkpoint is stored already.
void insert_cosignature(db::PgSession& db, Cosignature const& cosignature, Instant now);

/// The largest size that the witness cosigned; 0 if none.
std::uint64_t last_cosigned(db::PgSession& db, std::int16_t shard, std::string const& witness);

/// Among the sizes above `after`, the one that most of these witnesses cosigned; the newest of several.
std::optional<std::uint64_t> most_cosigned(db::PgSession& db, std::int16_t shard, std::uint64_t after,
                                           std::vector<std::string> const& witnesses);

/// The largest size that at least `quorum` of these witnesses cosigned.
std::optional<std::uint64_t> largest_cosigned(db::PgSession& db, std::int16_t shard,
                                              std::vector<std::string> const& witnesses, std::size_t quorum);

/// The lines of these witnesses that cosigned that size, in the order of their keys.
std::vector<std::string> cosignatures_of(db::PgSession& db, std::int16_t shard, std::uint64_t size,
                                         std::vector<std::string> const& witnesses);

}  // namespace sponsio::store
