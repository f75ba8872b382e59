#include "server/store/passkeys.hpp"

#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_passkey{"passkeys.insert",
                                     sql<Passkeys::insert, " on conflict do nothing returning true">};
constexpr BinaryQuery select_locked{"passkeys.lock",
                                    sql<Passkeys::select, "where passkey_id = $1 for update">};
constexpr BinaryQuery select_by_credential{"passkeys.lock_credential",
                                           sql<Passkeys::select, "where credential_id = $1 for update">};
constexpr BinaryQuery select_of_account{
    "passkeys.of_account",
    sql<Passkeys::select, "where account_id = $1 and passkey_id < $2 order by passkey_id desc limit $3">};
using Used = Passkeys::Update<&Passkey::sign_count, &Passkey::last_used_at, &Passkey::ended_at,
                              &Passkey::proof, &Passkey::proof_key>;
constexpr BinaryQuery update_passkey{"passkeys.update", sql<Used::text>};

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

std::optional<Passkey> lock_passkey(db::PgSession& db, PasskeyId id) {
    return first_of(db.exec(select_locked, Params(id)), Passkeys::read);
}

std::optional<Passkey> lock_passkey(db::PgSession& db, std::string const& credential) {
    return first_of(db.exec(select_by_credential, Params(credential)), Passkeys::read);
}

std::vector<Passkey> passkeys_of(db::PgSession& db, AccountId account, std::optional<PasskeyId> const& before,
                                 int limit) {
    return all_of(
        db.exec(select_of_account, Params(account, before.value_or(last_of_all()), std::int32_t{limit})),
        Passkeys::read);
}

void update(db::PgSession& db, Passkey const& passkey) {
    db.exec(update_passkey, Used::values(passkey));
}

bool insert(db::PgSession& db, BrowserSession const& session) {
    return !db.exec(insert_session, Sessions::values(session)).empty();
}

}  // namespace sponsio::store
