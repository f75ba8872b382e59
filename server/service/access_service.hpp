#pragma once

#include "crypto/digest.hpp"
#include "server/db/executor.hpp"
#include "server/service/caller.hpp"
#include "server/store/organisations.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sponsio::service {

/// Who is behind a bearer token. What was looked up is believed for one second, so that a busy token costs no
/// query a request; a revocation holds at once in this process and within that second in others.
class AccessService {
  public:
    AccessService(db::DbExecutor& db, Clock const& clock) : db_(db), clock_(clock) {}

    /// Refused: unauthenticated (no such token), token_expired (over, revoked, or the account is closed).
    boost::asio::awaitable<Outcome<std::shared_ptr<domain::Principal const>>> authenticate(
        std::string_view token, Deadline deadline);
    void forget(TokenId token);

  private:
    struct DigestHash {
        std::size_t operator()(crypto::Digest const& d) const noexcept;
    };

    struct Known {
        std::shared_ptr<domain::Principal const> who;
        std::chrono::steady_clock::time_point until;
    };

    std::shared_ptr<domain::Principal const> remembered(crypto::Digest const& digest);
    void remember(crypto::Digest const& digest, std::shared_ptr<domain::Principal const> who);
    Outcome<void> still_good(domain::Principal const& who) const;

    db::DbExecutor& db_;
    Clock const& clock_;
    std::mutex mutex_;
    std::unordered_map<crypto::Digest, Known, DigestHash> known_;
};

/// A new token: "spn_" and 32 random bytes in base64url. Only its digest is stored.
struct NewToken {
    std::string text;
    crypto::Digest digest;
};

NewToken make_token();
crypto::Digest token_digest(std::string_view token);
domain::Principal principal_of(store::TokenHolder const& holder);

}  // namespace sponsio::service
