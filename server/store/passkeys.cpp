#include "server/store/passkeys.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Passkeys =
    Table<"passkey", Passkey, Column<"passkey_id", &Passkey::id>, Column<"account_id", &Passkey::account>,
          Column<"credential_id", &Passkey::credential>, Column<"rp_id", &Passkey::rp_id>,
          Column<"jwk", &Passkey::jwk>, Column<"name", &Passkey::name>,
          Column<"sign_count", &Passkey::sign_count>, Column<"made_at", &Passkey::made_at>,
          Column<"last_used_at", &Passkey::last_used_at>, Column<"ended_at", &Passkey::ended_at>>;
constexpr BinaryQuery insert_passkey{"passkeys.insert",
                                     sql<Passkeys::insert, " on conflict do nothing returning true">};
constexpr BinaryQuery select_passkey{"passkeys.by_id", sql<Passkeys::select, "where passkey_id = $1">};
constexpr BinaryQuery select_locked{"passkeys.lock",
                                    sql<Passkeys::select, "where credential_id = $1 for update">};
constexpr BinaryQuery select_of_account{
    "passkeys.of_account",
    sql<Passkeys::select, "where account_id = $1 and passkey_id < $2 order by passkey_id desc limit $3">};
constexpr BinaryQuery update_used{
    "passkeys.note_use", "update passkey set sign_count = $2, last_used_at = $3 where passkey_id = $1"};
constexpr BinaryQuery update_ended{
    "passkeys.end", "update passkey set ended_at = $2 where passkey_id = $1 and ended_at is null"};
constexpr BinaryQuery update_sessions_ended{
    "passkeys.end_sessions",
    "update access_token t set revoked_at = $2 from browser_session s where s.token_id = t.token_id and "
    "s.passkey_id = $1 and t.revoked_at is null and t.expires_at > $2 returning t.token_id"};

using Sessions =
    Table<"browser_session", BrowserSession, Column<"token_id", &BrowserSession::token>,
          Column<"passkey_id", &BrowserSession::passkey>, Column<"challenge", &BrowserSession::challenge>>;
constexpr BinaryQuery insert_session{"browser_sessions.insert",
                                     sql<Sessions::insert, " on conflict do nothing returning true">};

PasskeyId last_of_all() {
    Uuid last;
    last.bytes.fill(0xff);
    return PasskeyId{last};
}

}  // namespace

bool insert(db::PgSession& db, Passkey const& passkey) {
    return !db.exec(insert_passkey, Passkeys::values(passkey)).empty();
}

std::optional<Passkey> passkey_by_id(db::PgSession& db, PasskeyId id) {
    return first_of(db.exec(select_passkey, Params(id)), Passkeys::read);
}

std::optional<Passkey> lock_passkey(db::PgSession& db, std::string const& credential) {
    return first_of(db.exec(select_locked, Params(credential)), Passkeys::read);
}

std::vector<Passkey> passkeys_of(db::PgSession& db, AccountId account, std::optional<PasskeyId> const& before,
                                 int limit) {
    return all_of(
        db.exec(select_of_account, Params(account, before.value_or(last_of_all()), std::int32_t{limit})),
        Passkeys::read);
}

void note_use(db::PgSession& db, PasskeyId id, std::int64_t sign_count, Instant now) {
    db.exec(update_used, Params(id, sign_count, now));
}

std::vector<TokenId> end_passkey(db::PgSession& db, PasskeyId id, Instant now) {
    db.exec(update_ended, Params(id, now));
    return column_of<TokenId>(db.exec(update_sessions_ended, Params(id, now)));
}

bool insert(db::PgSession& db, BrowserSession const& session) {
    return !db.exec(insert_session, Sessions::values(session)).empty();
}

}  // namespace sponsio::store
