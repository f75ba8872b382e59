#pragma once

#include "server/store/organisations.hpp"
#include "server/store/passkeys.hpp"

#include <optional>
#include <vector>

/// Tokens of accounts: everything but the secret.
namespace sponsio::store {

struct Token {
    TokenId id;
    AccountId account;
    Digest digest;  ///< SHA-256 of the token
    Instant created_at;
    Instant expires_at;
    std::optional<Instant> revoked_at{};
    std::optional<TokenId> renews{};  ///< the token that it took the place of
    std::optional<Digest> proof{};    ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
    // In no proof:
    std::optional<Instant> last_used_at{};  ///< some minutes behind
    std::optional<PasskeyId> passkey{};     ///< that opened it: then it is the session of a browser
};

void insert(db::PgSession& db, Token const& token);
std::optional<Token> token_by_id(db::PgSession& db, TokenId id);
/// The token, locked until the transaction ends; without the last use.
std::optional<Token> lock_token(db::PgSession& db, TokenId id);
/// Those of an account that have not ended, locked until the transaction ends; without the last use.
std::vector<Token> lock_good_tokens(db::PgSession& db, AccountId account, Instant now);
/// Likewise the sessions that a passkey opened.
std::vector<Token> lock_opened_by(db::PgSession& db, PasskeyId passkey, Instant now);
/// Writes its end.
void update(db::PgSession& db, Token const& token);
/// The newest first, before `before`.
std::vector<Token> tokens_of(db::PgSession& db, AccountId account, std::optional<TokenId> const& before,
                             int limit);
void note_use(db::PgSession& db, TokenId id, Instant now);

/// A token with everything that a request needs to know of its holder.
struct TokenHolder {
    Token token;
    Account account;
    Organisation organisation;
};

std::optional<TokenHolder> holder_of(db::PgSession& db, Digest const& token_digest);

}  // namespace sponsio::store
