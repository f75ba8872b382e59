#include "server/store/organisations.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Organisations =
    Table<"organisation", Organisation, Column<"organisation_id", &Organisation::id>,
          Column<"uscc", &Organisation::uscc>, Column<"name", &Organisation::name>,
          Column<"kind", &Organisation::kind>, Column<"region_code", &Organisation::region_code>,
          Column<"superior_id", &Organisation::superior>, Column<"created_at", &Organisation::created_at>>;
constexpr BinaryQuery insert_organisation{"organisations.insert", sql<Organisations::insert>};
constexpr BinaryQuery select_by_uscc{"organisations.by_uscc", sql<Organisations::select, "where uscc = $1">};
constexpr BinaryQuery select_by_id{"organisations.by_id",
                                   sql<Organisations::select, "where organisation_id = $1">};
constexpr BinaryQuery select_after{"organisations.after",
                                   sql<Organisations::select, "where uscc > $1 order by uscc limit $2">};
constexpr BinaryQuery update_region{"organisations.set_region",
                                    "update organisation set region_code = $2 where organisation_id = $1"};
constexpr BinaryQuery select_scope{
    "organisations.scope",
    "with recursive tree as (select organisation_id, region_code from organisation where "
    "$1::uuid is null or organisation_id = $1 "
    "union select o.organisation_id, o.region_code from organisation o join tree t on o.superior_id = "
    "t.organisation_id) select organisation_id from tree where starts_with(region_code, $2)"};

using Accounts = Table<"account", Account, Column<"account_id", &Account::id>,
                       Column<"organisation_id", &Account::organisation>, Column<"login", &Account::login>,
                       Column<"name", &Account::name>, Column<"roles", &Account::roles>,
                       Column<"created_at", &Account::created_at>, Column<"closed_at", &Account::closed_at>,
                       Column<"person_id", &Account::person>, Column<"created_by", &Account::created_by>>;
constexpr BinaryQuery insert_account{"accounts.insert", sql<Accounts::insert>};
constexpr BinaryQuery select_account{"accounts.by_id", sql<Accounts::select, "where account_id = $1">};
constexpr BinaryQuery select_accounts_by_login{"accounts.by_login",
                                               sql<Accounts::select, "where login = $1 order by account_id">};
constexpr BinaryQuery select_accounts{
    "accounts.after", sql<Accounts::select,
                          "where ($1 or organisation_id = any($2)) and (login, account_id) > ($3, $4) "
                          "order by login, account_id limit $5">};

using Tokens = Table<"access_token", Token, Column<"token_id", &Token::id>,
                     Column<"account_id", &Token::account>, Column<"token_digest", &Token::digest>,
                     Column<"created_at", &Token::created_at>, Column<"expires_at", &Token::expires_at>>;
constexpr BinaryQuery insert_token{"tokens.insert", sql<Tokens::insert>};
constexpr BinaryQuery update_closed{
    "accounts.close",
    "update account set closed_at = $2 where account_id = $1 and closed_at is null returning true"};
constexpr BinaryQuery update_revoked{
    "tokens.revoke", "update access_token set revoked_at = $2 where token_id = $1 and revoked_at is null"};
constexpr BinaryQuery select_holder{
    "tokens.holder",
    sql<"select t.token_id, t.created_at, t.expires_at, u.last_used_at, t.revoked_at, ",
        Accounts::list_after<"a.">, ", ", Organisations::list_after<"o.">,
        " from access_token t left join token_use u using (token_id) join account a using (account_id) "
        "join organisation o on o.organisation_id = a.organisation_id where t.token_digest = $1">};

}  // namespace

void insert(db::PgSession& db, Organisation const& organisation) {
    db.exec(insert_organisation, Organisations::values(organisation));
}

std::optional<Organisation> organisation_by_uscc(db::PgSession& db, std::string const& uscc) {
    return first_of(db.exec(select_by_uscc, Params(uscc)), Organisations::read);
}

std::optional<Organisation> organisation_by_id(db::PgSession& db, OrganisationId id) {
    return first_of(db.exec(select_by_id, Params(id)), Organisations::read);
}

void set_region(db::PgSession& db, OrganisationId id, std::string const& region_code) {
    db.exec(update_region, Params(id, region_code));
}

std::vector<OrganisationId> organisations_in(db::PgSession& db, domain::Scope const& scope) {
    return column_of<OrganisationId>(db.exec(select_scope, Params(scope.top, scope.region)));
}

std::vector<Organisation> organisations_after(db::PgSession& db, std::string const& after, int limit) {
    return all_of(db.exec(select_after, Params(after, std::int32_t{limit})), Organisations::read);
}

void insert(db::PgSession& db, Account const& account) {
    db.exec(insert_account, Accounts::values(account));
}

std::optional<Account> account_by_id(db::PgSession& db, AccountId id) {
    return first_of(db.exec(select_account, Params(id)), Accounts::read);
}

std::vector<Account> accounts_by_login(db::PgSession& db, std::string const& login) {
    return all_of(db.exec(select_accounts_by_login, Params(login)), Accounts::read);
}

std::vector<Account> accounts_after(db::PgSession& db, AccountList const& list) {
    return all_of(db.exec(select_accounts, Params()
                                               .add(!list.of)
                                               .add(array_of(list.of.value_or(std::vector<OrganisationId>{})))
                                               .add(list.after_login)
                                               .add(list.after.value_or(AccountId{Uuid{}}))
                                               .add(std::int32_t{list.limit})),
                  Accounts::read);
}

bool close_account(db::PgSession& db, AccountId id, Instant now) {
    return !db.exec(update_closed, Params(id, now)).empty();
}

void insert(db::PgSession& db, Token const& token) {
    db.exec(insert_token, Tokens::values(token));
}

void revoke_token(db::PgSession& db, TokenId id, Instant now) {
    db.exec(update_revoked, Params(id, now));
}

std::optional<TokenHolder> holder_of(db::PgSession& db, std::array<std::uint8_t, 32> const& token_digest) {
    db::Rows const rows = db.exec(select_holder, Params(token_digest));
    if (rows.empty()) return std::nullopt;
    auto const row = rows[0];
    return TokenHolder{.token = row.get<TokenId>(0),
                       .created_at = row.get<Instant>(1),
                       .expires_at = row.get<Instant>(2),
                       .last_used_at = row.get<std::optional<Instant>>(3),
                       .revoked_at = row.get<std::optional<Instant>>(4),
                       .account = Accounts::read_at(row, 5),
                       .organisation = Organisations::read_at(row, 5 + static_cast<int>(Accounts::width))};
}

}  // namespace sponsio::store
