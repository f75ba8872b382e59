#pragma once

#include "server/db/session.hpp"

#include <cstdint>

/// Lists that others follow by a number which is drawn before the commit.
namespace sponsio::store {

enum class Feed : std::uint8_t { events, commitments, batches, leaves };

/// Every row of the feed up to this number that there will ever be is seen by the next statement; what is
/// above may yet be overtaken by a transaction under way. Not inside a transaction that keeps its snapshot.
[[nodiscard]] std::int64_t settled(db::PgSession& db, Feed feed);

}  // namespace sponsio::store
