#pragma once

#include "server/db/session.hpp"

#include <cstdint>

/// Feeds: lists that are followed by a number which is drawn before the commit.
namespace sponsio::store {

enum class Feed : std::uint8_t { events, commitments, batches, leaves, personal_queries };

/// The number up to which the feed is final: the next statement sees every row that will ever have such a
/// number, while a transaction in progress may still add rows above it. Not for a
/// transaction with one snapshot.
[[nodiscard]] std::int64_t settled(db::PgSession& db, Feed feed);

}  // namespace sponsio::store
