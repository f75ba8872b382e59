#pragma once

#include "server/store/commitments.hpp"
#include "server/store/log.hpp"

#include <optional>
#include <string>
#include <vector>

/// What whoever checks the log against its rows reads: all rows from end to end, a piece at a time.
namespace sponsio::store {

/// What of a commitment the log vouches for.
struct LoggedCommitment {
    std::string code;
    std::int16_t shard;
    Instant accepted_at;
    SealedColumns sealed;  ///< as CommitmentRow::sealed
    Digest content_digest;
    std::optional<std::uint64_t> leaf_index;
};

/// At most `limit` rows after this key, in the order of their keys; ("", 0) is before the first.
std::vector<LoggedCommitment> commitments_behind(db::PgSession& db, std::string const& code,
                                                 std::int16_t shard, int limit);
/// Leaves of all kinds with an id above `after`, at most `limit`, in their order.
std::vector<LeafRow> leaves_behind(db::PgSession& db, std::int64_t after, int limit);
/// Of each of these subjects that has one, the first leaf.
std::vector<LeafRow> first_leaves(db::PgSession& db, std::string const& kind,
                                  std::vector<std::string> const& subjects);

}  // namespace sponsio::store
