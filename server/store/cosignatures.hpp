#pragma once

#include "server/store/log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What witnesses said of checkpoints of the log. A witness is named by its verifier key.
namespace sponsio::store {

struct Cosignature {
    std::int16_t shard;
    std::string witness;
    std::uint64_t size;  ///< of the checkpoint
    std::string line;    ///< as it stands in a note, with its newline
    Instant cosigned_at;
};

/// Nothing happens if this witness is known to have cosigned that checkpoint.
void insert_cosignature(db::PgSession& db, Cosignature const& cosignature, Instant now);

/// The largest size that the witness is known to have cosigned; 0 if none.
std::uint64_t last_cosigned(db::PgSession& db, std::int16_t shard, std::string const& witness);

/// Of the sizes above `after` that any of these cosigned, the newest of those that most of them did.
std::optional<std::uint64_t> most_cosigned(db::PgSession& db, std::int16_t shard, std::uint64_t after,
                                           std::vector<std::string> const& witnesses);

/// The largest size that at least `quorum` of these cosigned.
std::optional<std::uint64_t> largest_cosigned(db::PgSession& db, std::int16_t shard,
                                              std::vector<std::string> const& witnesses, std::size_t quorum);

/// The lines of those of these that cosigned that size, in the order of their keys.
std::vector<std::string> cosignatures_of(db::PgSession& db, std::int16_t shard, std::uint64_t size,
                                         std::vector<std::string> const& witnesses);

}  // namespace sponsio::store
