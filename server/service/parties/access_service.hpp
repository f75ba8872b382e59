#pragma once

#include "crypto/digest.hpp"
#include "server/db/executor.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/short_cache.hpp"
#include "server/store/organisations.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace sponsio::service {

/// Finds the account behind a bearer token. A result is cached for one second, so that a busy token does not
/// cost a query for each request; a revocation takes effect at once in this process
/// and within a second in others. That a token is used is noted every five minutes at most.
class AccessService {
  public:
    AccessService(db::DbExecutor& db, Clock const& clock) : db_(db), clock_(clock) {}

    /// Refused: unauthenticated (no such token), token_expired (expired, revoked, or the account is closed).
    boost::asio::awaitable<Outcome<std::shared_ptr<domain::Official const>>> authenticate(
        std::string_view token, Deadline deadline);
    void forget(TokenId token);
    void forget(AccountId account);

    /// For RowMemory.
    void forget() { known_.forget(); }

  private:
    Outcome<void> still_good(domain::Official const& who) const;
    void note_use(db::PgSession& db, store::TokenHolder const& holder);

    db::DbExecutor& db_;
    Clock const& clock_;
    ShortCache<crypto::Digest, domain::Official> known_{std::chrono::seconds(1), 10'000};
    /// The tokens whose use was noted lately.
    ShortCache<TokenId, bool> noted_{std::chrono::minutes(5), 10'000};
};

/// A new token: "spn_" and 32 random bytes in base64url. Only its digest is stored.
struct NewToken {
    std::string text;
    crypto::Digest digest;
};

NewToken make_token();
crypto::Digest token_digest(std::string_view token);
domain::Official official_of(store::TokenHolder const& holder);

}  // namespace sponsio::service
