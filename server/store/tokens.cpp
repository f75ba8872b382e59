#include "server/store/tokens.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Tokens = Table<"access_token", TokenRow, Column<"token_id", &TokenRow::id>,
                     Column<"account_id", &TokenRow::account>, Column<"created_at", &TokenRow::created_at>,
                     Column<"expires_at", &TokenRow::expires_at>, Column<"revoked_at", &TokenRow::revoked_at>,
                     Column<"renews", &TokenRow::renews>>;
constexpr auto tokens =
    SqlPiece("select ") + Tokens::list_after<"t."> +
    SqlPiece(", u.last_used_at from access_token t left join token_use u using (token_id) ");
constexpr BinaryQuery select_token{"tokens.by_id", sql<tokens, "where t.token_id = $1">};
constexpr BinaryQuery select_of_account{
    "tokens.of_account",
    sql<tokens, "where t.account_id = $1 and t.token_id < $2 order by t.token_id desc limit $3">};
constexpr BinaryQuery update_all_revoked{"tokens.revoke_all",
                                         "update access_token set revoked_at = $2 where account_id = $1 and "
                                         "revoked_at is null and expires_at > $2 "
                                         "returning token_id"};
constexpr BinaryQuery upsert_use{"tokens.note_use",
                                 "insert into token_use (token_id, last_used_at) values ($1, $2) "
                                 "on conflict (token_id) do update set last_used_at = excluded.last_used_at"};
constexpr BinaryQuery update_place{
    "tokens.take_place",
    "with fresh as (update access_token set renews = $2 where token_id = $1) "
    "update access_token set expires_at = least(expires_at, $3) where token_id = $2"};

TokenRow token_of(db::Rows::Row const& row) {
    TokenRow token = Tokens::read(row);
    token.last_used_at = row.get<std::optional<Instant>>(static_cast<int>(Tokens::width));
    return token;
}

TokenId last_of_all() {
    Uuid last;
    last.bytes.fill(0xff);
    return TokenId{last};
}

}  // namespace

std::optional<TokenRow> token_by_id(db::PgSession& db, TokenId id) {
    return first_of(db.exec(select_token, Params(id)), token_of);
}

std::vector<TokenRow> tokens_of(db::PgSession& db, AccountId account, std::optional<TokenId> const& before,
                                int limit) {
    return all_of(
        db.exec(select_of_account, Params(account, before.value_or(last_of_all()), std::int32_t{limit})),
        token_of);
}

std::vector<TokenId> end_tokens(db::PgSession& db, AccountId account, Instant now) {
    return column_of<TokenId>(db.exec(update_all_revoked, Params(account, now)));
}

void note_use(db::PgSession& db, TokenId id, Instant now) {
    db.exec(upsert_use, Params(id, now));
}

void take_place(db::PgSession& db, TokenId fresh, TokenId renews, Instant ends) {
    db.exec(update_place, Params(fresh, renews, ends));
}

}  // namespace sponsio::store
