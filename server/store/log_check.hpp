#pragma once

#include "server/store/commitments.hpp"

#include <optional>
#include <string>
#include <vector>

/// The commitments as the log check reads them: all of them, a page at a time.
namespace sponsio::store {

/// The part of a commitment that the log vouches for.
struct LoggedCommitment {
    std::string code;
    std::int16_t shard;
    Instant accepted_at;
    SealedColumns sealed;  ///< as CommitmentRow::sealed
    Digest content_digest;
    std::optional<std::uint64_t> leaf_index;
};

/// At most `limit` rows after this key, by key; ("", 0) is before the first.
std::vector<LoggedCommitment> commitments_behind(db::PgSession& db, std::string const& code,
                                                 std::int16_t shard, int limit);

}  // namespace sponsio::store
