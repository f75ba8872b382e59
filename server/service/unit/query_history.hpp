#pragma once

#include "crypto/digest.hpp"
#include "server/domain/decode.hpp"
#include "server/store/personal_queries.hpp"

#include <span>

/// The trail of queries of personal data as the chained history tells of it. Queries themselves end with
/// their retention, so they are no events: an event tells the digest of each stretch of them, and another one
/// that a stretch has ended. Between the two nobody changes, adds or takes away a query without `log check`
/// finding it (docs/ledger.md).
namespace sponsio::service {

/// The query as auditors read it, and as it is exported.
domain::Json query_view(store::PersonalQueryRow const& row);

/// The head of a stretch of queries: from 32 zero bytes on, SHA-256 of the head before and the canonical JSON
/// of a query_view with its `organisation_id`.
crypto::Digest digest_of_queries(std::span<store::PersonalQueryRow const> rows);

/// Tells the history of queries that are final since, a stretch at most. For a transaction of its own kind
/// that no other runs beside. Returns their number.
std::size_t tell_queries(db::PgSession& db, Instant now);

/// Of one stretch, which is looked at in one piece.
inline constexpr int queries_a_stretch = 4096;

/// Ends the oldest stretch if nothing of it is kept any more. Returns the number of queries.
std::size_t end_told_queries(db::PgSession& db, store::KeptSince const& kept, Instant now);

}  // namespace sponsio::service
