#pragma once

#include "crypto/digest.hpp"
#include "server/db/executor.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/short_cache.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/grants.hpp"
#include "server/store/step_signatures.hpp"
#include "server/store/tokens.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace sponsio::service {

/// How long tokens are good.
struct TokenPolicy {
    std::chrono::days life{30};  ///< of a token whose end is not said
    std::chrono::days idle{30};  ///< one that nobody used for so long has ended
};

/// How long the session of a browser is good, and how long one that nobody uses.
inline constexpr std::chrono::hours session_life{10};
inline constexpr std::chrono::minutes session_idle{30};

/// What a token begins with, so that whoever finds one knows what it is; and the session of a browser, which
/// is taken from a cookie only and never as a bearer token.
inline constexpr std::string_view token_prefix = "spn_", session_prefix = "spb_";

/// Finds the account behind a bearer token or a session. A result is cached for one second, so that a busy
/// token does not cost a query for each request; a revocation takes effect at once in this process and within
/// a second in others. That a token is used is noted every five minutes at most, and so is a sign-in that is
/// refused. Rows without a good proof (prove_row) are not believed.
class AccessService {
  public:
    AccessService(db::DbExecutor& db, Vault const& vault, Clock const& clock, TokenPolicy const& tokens = {})
        : db_(db), vault_(vault), clock_(clock), tokens_(tokens) {}

    /// Refused: unauthenticated (no such token), token_expired (expired, revoked, unused for too long, or the
    /// account is closed).
    boost::asio::awaitable<Outcome<std::shared_ptr<domain::Official const>>> authenticate(
        std::string_view token, Deadline deadline);
    void forget(TokenId token);
    void forget(AccountId account);

    /// Tells the trail of a sign-in that was refused, once in five minutes for a subject. `why`: never a
    /// secret.
    void tell_refused(db::PgSession& db, std::string const& subject, std::string why,
                      std::optional<OrganisationId> organisation = {});

    /// For RowMemory.
    void forget() { known_.forget(); }

  private:
    [[nodiscard]] Outcome<void> still_good(domain::Official const& who, bool in_browser) const;
    [[nodiscard]] Outcome<void> still_good(store::TokenHolder const& holder, bool in_browser) const;
    [[nodiscard]] Outcome<domain::Official> believed(db::PgSession& db, store::TokenHolder const& holder,
                                                     bool in_browser) const;
    [[nodiscard]] Outcome<domain::Official> look(db::PgSession& db, crypto::Digest const& digest,
                                                 bool in_browser);
    void note_use(db::PgSession& db, store::TokenHolder const& holder);
    void note_refusal(db::PgSession& db, std::optional<store::TokenHolder> const& holder, Fault const& why);

    db::DbExecutor& db_;
    Vault const& vault_;
    Clock const& clock_;
    TokenPolicy tokens_;
    ShortCache<crypto::Digest, domain::Official> known_{std::chrono::seconds(1), 10'000};
    /// The tokens whose use was noted lately.
    ShortCache<TokenId, bool> noted_{std::chrono::minutes(5), 10'000};
    /// The subjects of sign-ins that were refused lately.
    ShortCache<std::string, bool> refused_{std::chrono::minutes(5), 10'000};
};

/// A new token or code: the prefix, which says what it is to whoever finds one, and 32 random bytes in
/// base64url. Only its digest is stored.
struct NewSecret {
    std::string text;
    crypto::Digest digest;
};

NewSecret make_secret(std::string_view prefix);
crypto::Digest token_digest(std::string_view token);
/// Whoever holds that account, with what they may do now; of what is stored, only rows with a good proof
/// count (prove_row). Nothing if the account, its organisation or its signing key has none, nor if a key that
/// the history knows is gone. The token is the caller's to fill in.
std::optional<domain::Official> official_behind(db::PgSession& db, Vault const& vault,
                                                store::Account const& account,
                                                store::Organisation const& organisation, Instant now);

}  // namespace sponsio::service
