#pragma once

#include "server/service/parties/registry.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/store/tokens.hpp"

#include <optional>

namespace sponsio::service {

/// For this long the token that was renewed stays good, so that everything that uses it can change over.
inline constexpr std::chrono::hours token_overlap{24};

/// Ends the token, which was read locked; no change if it had ended before.
void revoke(db::PgSession& db, Vault const& vault, store::Token token, std::optional<AccountId> by,
            Instant now);
/// Whether the caller may see how that account signs in: it is their own, or one that they answer for as an
/// administrator. Fault: problem::not_found.
Outcome<void> may_see_tokens(db::PgSession& db, Vault const& vault, Official const& who, AccountId account);

/// Tokens without their secret: listed and ended by their holder and by an administrator in reach, renewed by
/// their holder alone.
class TokenService {
  public:
    TokenService(db::DbExecutor& db, Vault const& vault, AccessService& access, Registry const& registry,
                 Clock const& clock)
        : db_(db), vault_(vault), access_(access), registry_(registry), clock_(clock) {}

    /// Newest first, also those that have ended.
    Async<Page> tokens(Caller<Official> caller, AccountId account, std::optional<TokenId> before, int limit);
    /// A new token in place of one's own; that one ends after token_overlap at the latest.
    Async<Created> renew(Caller<Official> caller, RequestOnce once, TokenId token, TokenDraft draft);
    /// No change if it had ended before.
    Async<void> end(Caller<Official> caller, TokenId token);
    /// All that the account has, also the one that is used for it.
    Async<void> end_all(Caller<Official> caller, AccountId account);

  private:
    db::DbExecutor& db_;
    Vault const& vault_;
    AccessService& access_;
    Registry const& registry_;
    Clock const& clock_;
};

}  // namespace sponsio::service
