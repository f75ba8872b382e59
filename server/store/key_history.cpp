#include "server/store/key_history.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

constexpr db::BinaryQuery select_registered{
    "key_history.registered",
    "select exists (select from event where subject = $1 and lifecycle = 'account' and event = "
    "'key_registered')"};
constexpr db::BinaryQuery select_without{
    "key_history.without",
    "select q.account from unnest($1::uuid[], $2::text[]) as q(account, kid) where not exists (select from "
    "signing_key k where k.account_id = q.account and k.kid = q.kid)"};

}  // namespace

bool registered_a_key(db::PgSession& db, AccountId account) {
    return value_of<bool>(db.exec(select_registered, db::Params(account.text()))).value();
}

std::vector<AccountId> without_key(db::PgSession& db, std::vector<AccountId> const& accounts,
                                   std::vector<std::string> const& kids) {
    return column_of<AccountId>(db.exec(select_without, db::Params(array_of(accounts), array_of(kids))));
}

}  // namespace sponsio::store
