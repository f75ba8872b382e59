#pragma once

#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// The input of a draw: commitments that may be drawn, their possible inspectors, the pool file itself.
namespace sponsio::store {

/// The commitments that may be drawn: of these matters, waiting for a verification that only a draw brings,
/// in the log, not drawn before.
struct CandidateFilter {
    std::vector<OrganisationId> agencies;
    std::vector<MatterId> matters;
    std::optional<Instant> from;   ///< accepted at or after
    std::optional<Instant> until;  ///< accepted before
};

struct Candidate {
    std::int16_t shard;  ///< place in the log
    std::int64_t leaf;
    MatterId matter;
    int version;
    AccountId filed_by;
    OrganisationId organisation;  ///< the agency that accepted it
    std::vector<std::uint8_t> committer_index;
    bool earlier_breach = false;  ///< of its committer
    bool first_time = false;      ///< the only one of its committer under that matter
};

/// The number of candidates, at most `limit`.
std::int64_t count_up_to(db::PgSession& db, CandidateFilter const& question, std::int64_t limit);
/// The number of candidates of each matter; matters with none are left out.
std::vector<std::pair<MatterId, std::int64_t>> count_candidates(db::PgSession& db,
                                                                CandidateFilter const& question);
/// Calls `take` by (shard, leaf), with one page in memory at a time. To be called inside a transaction.
void each_candidate(db::PgSession& db, CandidateFilter const& question,
                    std::function<void(Candidate const&)> const& take);

/// Lets the statements of this transaction take minutes, since a pool of millions is read as a whole.
void allow_long_statements(db::PgSession& db);

// ------------------------------------------------------------------------------------------------ inspectors
struct Verifier {
    AccountId account;
    OrganisationId organisation;
};

/// The open accounts with the role verifier that are not away at that instant, in no particular order.
std::vector<Verifier> verifiers_of(db::PgSession& db, std::vector<OrganisationId> const& units, Instant now);

struct DrawInspector {
    std::string ref;  ///< the pseudonym in this draw
    AccountId account;
};

void insert_inspectors(db::PgSession& db, DrawId draw, std::vector<DrawInspector> const& inspectors);
std::vector<DrawInspector> draw_inspectors(db::PgSession& db, DrawId draw);

// ---------------------------------------------------------------------------------------------------- chunks
/// A place in the log.
struct Place {
    std::int16_t shard;
    std::int64_t leaf;
};

/// A piece of the pool; `first` is the first object that begins in it, if one does.
void insert_chunk(db::PgSession& db, DrawId draw, int number, std::string const& content,
                  std::optional<Place> const& first);
/// A piece of the pool; numbers begin with 1; nothing after the last one.
std::optional<std::string> pool_chunk(db::PgSession& db, DrawId draw, int number);
/// The piece in which that object stands, if it is in the pool. Of version 2 only.
std::optional<std::string> chunk_with(db::PgSession& db, DrawId draw, Place const& object);
/// A piece of the list of lots.
void insert_list_chunk(db::PgSession& db, DrawId draw, int number, std::string const& content);
/// A piece of what is published: the list of lots, of version 1 the pool.
std::optional<std::string> published_chunk(db::PgSession& db, DrawId draw, int number);
/// The digest of the content of the commitment in that place of the log.
std::optional<Digest> content_digest_at(db::PgSession& db, Place const& place);

}  // namespace sponsio::store
