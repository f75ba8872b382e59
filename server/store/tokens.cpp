#include "server/store/tokens.hpp"

#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr auto tokens =
    SqlPiece("select ") + Tokens::list_after<"t."> +
    SqlPiece(
        ", u.last_used_at, s.passkey_id from access_token t left join token_use u using (token_id) "
        "left join browser_session s using (token_id) ");
constexpr BinaryQuery insert_token{"tokens.insert", sql<Tokens::insert>};
constexpr BinaryQuery select_token{"tokens.by_id", sql<tokens, "where t.token_id = $1">};
constexpr BinaryQuery select_of_account{
    "tokens.of_account",
    sql<tokens, "where t.account_id = $1 and t.token_id < $2 order by t.token_id desc limit $3">};
constexpr BinaryQuery select_locked{"tokens.lock", sql<Tokens::select, "where token_id = $1 for update">};
constexpr BinaryQuery select_good{
    "tokens.lock_good",
    sql<Tokens::select,
        "where account_id = $1 and revoked_at is null and expires_at > $2 order by token_id for update">};
using Ended = Tokens::Update<&Token::expires_at, &Token::revoked_at, &Token::proof, &Token::proof_key>;
constexpr BinaryQuery update_token{"tokens.update", sql<Ended::text>};
constexpr BinaryQuery upsert_use{"tokens.note_use",
                                 "insert into token_use (token_id, last_used_at) values ($1, $2) "
                                 "on conflict (token_id) do update set last_used_at = excluded.last_used_at"};
constexpr BinaryQuery select_holder{
    "tokens.holder",
    sql<"select ", Tokens::list_after<"t.">, ", u.last_used_at, s.passkey_id, ", Accounts::list_after<"a.">,
        ", ", Organisations::list_after<"o.">,
        " from access_token t left join token_use u using (token_id) left join browser_session s using "
        "(token_id) "
        "join account a using (account_id) join organisation o on o.organisation_id = a.organisation_id "
        "where t.token_digest = $1">};
constexpr BinaryQuery select_opened{"tokens.lock_opened",
                                    sql<"select ", Tokens::list_after<"t.">,
                                        " from access_token t join browser_session s using (token_id) where "
                                        "s.passkey_id = $1 and t.revoked_at is null and "
                                        "t.expires_at > $2 order by t.token_id for update of t">};

Token token_of(db::Rows::Row const& row) {
    Token token = Tokens::read(row);
    token.last_used_at = row.get<std::optional<Instant>>(static_cast<int>(Tokens::width));
    token.passkey = row.get<std::optional<PasskeyId>>(static_cast<int>(Tokens::width) + 1);
    return token;
}

TokenHolder holder_at(db::Rows::Row const& row) {
    int const account = static_cast<int>(Tokens::width) + 2;
    return {token_of(row), Accounts::read_at(row, account),
            Organisations::read_at(row, account + static_cast<int>(Accounts::width))};
}

TokenId last_of_all() {
    Uuid last;
    last.bytes.fill(0xff);
    return TokenId{last};
}

}  // namespace

void insert(db::PgSession& db, Token const& token) {
    db.exec(insert_token, Tokens::values(token));
}

std::optional<Token> token_by_id(db::PgSession& db, TokenId id) {
    return first_of(db.exec(select_token, Params(id)), token_of);
}

std::optional<Token> lock_token(db::PgSession& db, TokenId id) {
    return first_of(db.exec(select_locked, Params(id)), Tokens::read);
}

std::vector<Token> lock_good_tokens(db::PgSession& db, AccountId account, Instant now) {
    return all_of(db.exec(select_good, Params(account, now)), Tokens::read);
}

std::vector<Token> lock_opened_by(db::PgSession& db, PasskeyId passkey, Instant now) {
    return all_of(db.exec(select_opened, Params(passkey, now)), Tokens::read);
}

void update(db::PgSession& db, Token const& token) {
    db.exec(update_token, Ended::values(token));
}

std::vector<Token> tokens_of(db::PgSession& db, AccountId account, std::optional<TokenId> const& before,
                             int limit) {
    return all_of(
        db.exec(select_of_account, Params(account, before.value_or(last_of_all()), std::int32_t{limit})),
        token_of);
}

void note_use(db::PgSession& db, TokenId id, Instant now) {
    db.exec(upsert_use, Params(id, now));
}

std::optional<TokenHolder> holder_of(db::PgSession& db, Digest const& token_digest) {
    return first_of(db.exec(select_holder, Params(token_digest)), holder_at);
}

}  // namespace sponsio::store
