#pragma once

#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>

/// What each Idempotency-Key was first used for. A key belongs to who used it, and ends after a while.
namespace sponsio::store {

/// So long after its first use the same key is a new one, of which nothing is known.
inline constexpr std::chrono::hours key_lifetime{72};

struct FirstUse {
    Uuid owner;  ///< account, subject or public submitter; the organisation, of a key of before accounts had
                 ///< them
    Digest request_digest;
    std::string resource;
    int status;
    std::optional<SealedColumns> answer;  ///< nothing: rebuilt from the resource
    Instant at;
};

/// What its owner used the key for; else what somebody of that organisation did before keys had accounts.
std::optional<FirstUse> first_use(db::PgSession& db, Uuid const& owner,
                                  std::optional<OrganisationId> const& organisation, std::string const& key);
/// DbError of kind unique if somebody was faster: roll back and look again.
void remember_use(db::PgSession& db, std::string const& key, FirstUse const& use);
/// So that an ended key can be used again.
void forget_use(db::PgSession& db, std::string const& key, FirstUse const& use);

/// Whether anything was ever created here: then the database holds sealed values that its keys must open.
bool anything_sealed(db::PgSession& db);

/// The pages (PostgreSQL's) that used keys lie in.
std::int64_t pages_of_used_keys(db::PgSession& db);
/// Forgets the keys that lie in some of them and were first used by then. How many.
std::size_t end_keys(db::PgSession& db, std::int64_t first_page, std::int64_t past_page, Instant ended_by);
/// Keys of filings that the program before stored under the organisation become the filer's, unless they have
/// ended. How many.
std::size_t give_keys_to_accounts(db::PgSession& db, Instant ended_by);

}  // namespace sponsio::store
