#pragma once

#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>

/// What each Idempotency-Key was first used for. A key belongs to who used it, and ends after a while.
namespace sponsio::store {

/// The life of a key after its first use; afterwards the same key counts as new.
inline constexpr std::chrono::hours key_lifetime{72};

struct FirstUse {
    Uuid owner;  ///< account, subject or public submitter; the organisation, of a key of before accounts had
                 ///< them
    Digest request_digest;
    std::string resource;
    int status;
    std::optional<SealedColumns> answer;  ///< nothing: rebuilt from the resource, or a secret
    Instant at;
    std::optional<OrganisationId> organisation{};  ///< that the account acted for; nothing of a filing
};

/// Makes others who use this key wait until the end of the transaction, so that who comes second finds what
/// the first one stored.
void lock_key(db::PgSession& db, Uuid const& owner, std::string const& key);
/// What its owner used the key for; else what somebody of that organisation did before keys had accounts.
std::optional<FirstUse> first_use(db::PgSession& db, Uuid const& owner,
                                  std::optional<OrganisationId> const& organisation, std::string const& key);
/// Throws DbError of kind unique if another request was faster: roll back and look again.
void remember_use(db::PgSession& db, std::string const& key, FirstUse const& use);
/// Deletes an expired key, so that it can be used again.
void forget_use(db::PgSession& db, std::string const& key, FirstUse const& use);

/// Whether anything was created here, so that the database has sealed values that
/// the server's keys must open.
bool anything_sealed(db::PgSession& db);

/// The number of PostgreSQL pages of the table of used keys.
std::int64_t pages_of_used_keys(db::PgSession& db);
/// Deletes keys in pages [first_page, past_page) first used by `ended_by`. Returns their number.
std::size_t end_keys(db::PgSession& db, std::int64_t first_page, std::int64_t past_page, Instant ended_by);
/// Moves unexpired keys of filings, which earlier versions stored under the organisation, to the filer's
/// account. Returns their number.
std::size_t give_keys_to_accounts(db::PgSession& db, Instant ended_by);

}  // namespace sponsio::store
