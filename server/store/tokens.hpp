#pragma once

#include "server/store/organisations.hpp"

#include <optional>
#include <vector>

/// Tokens as their holder and an administrator see them: everything but the secret.
namespace sponsio::store {

struct TokenRow {
    TokenId id;
    AccountId account;
    Instant created_at;
    Instant expires_at;
    std::optional<Instant> revoked_at;
    std::optional<TokenId> renews;          ///< the token that it took the place of
    std::optional<Instant> last_used_at{};  ///< some minutes behind
};

std::optional<TokenRow> token_by_id(db::PgSession& db, TokenId id);
/// The newest first, before `before`.
std::vector<TokenRow> tokens_of(db::PgSession& db, AccountId account, std::optional<TokenId> const& before,
                                int limit);
/// Revokes all that have not ended, and returns them.
std::vector<TokenId> end_tokens(db::PgSession& db, AccountId account, Instant now);
void note_use(db::PgSession& db, TokenId id, Instant now);
/// Of a new token, which takes the place of `renews`, and ends that one at `ends` at the latest.
void take_place(db::PgSession& db, TokenId fresh, TokenId renews, Instant ends);

}  // namespace sponsio::store
