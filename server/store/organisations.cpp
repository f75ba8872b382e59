#include "server/store/organisations.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_organisation{
    "organisations.insert",
    "insert into organisation (organisation_id, uscc, name, kind, region_code, superior_id, created_at) "
    "values ($1, $2, $3, $4, $5, $6, $7)"};
constexpr BinaryQuery select_by_uscc{"organisations.by_uscc",
                                     "select organisation_id, uscc, name, kind, region_code, superior_id, "
                                     "created_at from organisation where uscc = $1"};
constexpr BinaryQuery select_by_id{
    "organisations.by_id",
    "select organisation_id, uscc, name, kind, region_code, superior_id, created_at from organisation "
    "where organisation_id = $1"};
constexpr BinaryQuery select_after{
    "organisations.after",
    "select organisation_id, uscc, name, kind, region_code, superior_id, created_at from organisation "
    "where uscc > $1 order by uscc limit $2"};
constexpr BinaryQuery update_region{"organisations.set_region",
                                    "update organisation set region_code = $2 where organisation_id = $1"};
constexpr BinaryQuery select_below{
    "organisations.below",
    "with recursive tree as (select organisation_id from organisation where organisation_id = $1 "
    "union select o.organisation_id from organisation o join tree t on o.superior_id = t.organisation_id) "
    "select organisation_id from tree"};

constexpr BinaryQuery insert_account{"accounts.insert",
                                     "insert into account (account_id, organisation_id, login, name, roles, "
                                     "created_at) values ($1, $2, $3, $4, $5, $6)"};
constexpr BinaryQuery select_account{"accounts.by_id",
                                     "select account_id, organisation_id, login, name, roles, created_at, "
                                     "closed_at from account where account_id = $1"};
constexpr BinaryQuery select_account_by_login{"accounts.by_login",
                                              "select account_id, organisation_id, login, name, roles, "
                                              "created_at, closed_at from account where login = $1"};
constexpr BinaryQuery select_accounts{
    "accounts.after",
    "select account_id, organisation_id, login, name, roles, created_at, closed_at from account "
    "where organisation_id = any($1) and login > $2 order by login limit $3"};

constexpr BinaryQuery insert_token{"tokens.insert",
                                   "insert into access_token (token_id, account_id, token_digest, "
                                   "created_at, expires_at) values ($1, $2, $3, $4, $5)"};
constexpr BinaryQuery update_closed{
    "accounts.close",
    "update account set closed_at = $2 where account_id = $1 and closed_at is null returning true"};
constexpr BinaryQuery update_revoked{
    "tokens.revoke", "update access_token set revoked_at = $2 where token_id = $1 and revoked_at is null"};
constexpr BinaryQuery select_token_owner{
    "tokens.organisation",
    "select a.organisation_id from access_token t join account a using (account_id) where t.token_id = $1"};
constexpr BinaryQuery select_holder{
    "tokens.holder",
    "select t.token_id, t.expires_at, t.revoked_at, "
    "a.account_id, a.organisation_id, a.login, a.name, a.roles, a.created_at, a.closed_at, "
    "o.organisation_id, o.uscc, o.name, o.kind, o.region_code, o.superior_id, o.created_at "
    "from access_token t join account a using (account_id) "
    "join organisation o on o.organisation_id = a.organisation_id where t.token_digest = $1"};

Organisation organisation_at(db::Rows::Row const& row, int from) {
    return {.id = row.get<OrganisationId>(from),
            .uscc = row.get<std::string>(from + 1),
            .name = row.get<std::string>(from + 2),
            .kind = word_at<domain::OrganisationKind>(row, from + 3),
            .region_code = row.get<std::string>(from + 4),
            .superior = row.get<std::optional<OrganisationId>>(from + 5),
            .created_at = row.get<Instant>(from + 6)};
}

Organisation organisation_of(db::Rows::Row const& row) {
    return organisation_at(row, 0);
}

Account account_at(db::Rows::Row const& row, int from) {
    return {.id = row.get<AccountId>(from),
            .organisation = row.get<OrganisationId>(from + 1),
            .login = row.get<std::string>(from + 2),
            .name = row.get<std::string>(from + 3),
            .roles = row.get_array<std::string>(from + 4),
            .created_at = row.get<Instant>(from + 5),
            .closed_at = row.get<std::optional<Instant>>(from + 6)};
}

Account account_of(db::Rows::Row const& row) {
    return account_at(row, 0);
}

}  // namespace

void insert(db::PgSession& db, Organisation const& o) {
    db.exec(insert_organisation,
            Params(o.id, o.uscc, o.name, domain::word(o.kind), o.region_code, o.superior, o.created_at));
}

std::optional<Organisation> organisation_by_uscc(db::PgSession& db, std::string const& uscc) {
    return first_of(db.exec(select_by_uscc, Params(uscc)), organisation_of);
}

std::optional<Organisation> organisation_by_id(db::PgSession& db, OrganisationId id) {
    return first_of(db.exec(select_by_id, Params(id)), organisation_of);
}

void set_region(db::PgSession& db, OrganisationId id, std::string const& region_code) {
    db.exec(update_region, Params(id, region_code));
}

std::vector<OrganisationId> organisation_and_below(db::PgSession& db, OrganisationId top) {
    return column_of<OrganisationId>(db.exec(select_below, Params(top)));
}

std::vector<Organisation> organisations_after(db::PgSession& db, std::string const& after, int limit) {
    return all_of(db.exec(select_after, Params(after, std::int32_t{limit})), organisation_of);
}

void insert(db::PgSession& db, Account const& a) {
    db::Array<std::string> roles;
    for (std::string const& role : a.roles) roles.push(role);
    db.exec(insert_account,
            Params().add(a.id).add(a.organisation).add(a.login).add(a.name).add(roles).add(a.created_at));
}

std::optional<Account> account_by_id(db::PgSession& db, AccountId id) {
    return first_of(db.exec(select_account, Params(id)), account_of);
}

std::optional<Account> account_by_login(db::PgSession& db, std::string const& login) {
    return first_of(db.exec(select_account_by_login, Params(login)), account_of);
}

std::vector<Account> accounts_after(db::PgSession& db, std::vector<OrganisationId> const& of,
                                    std::string const& after, int limit) {
    db::Array<OrganisationId> ids;
    for (OrganisationId id : of) ids.push(id);
    return all_of(db.exec(select_accounts, Params().add(ids).add(after).add(std::int32_t{limit})),
                  account_of);
}

bool close_account(db::PgSession& db, AccountId id, Instant now) {
    return !db.exec(update_closed, Params(id, now)).empty();
}

void insert(db::PgSession& db, Token const& t) {
    db.exec(insert_token, Params(t.id, t.account, t.digest, t.created_at, t.expires_at));
}

std::optional<OrganisationId> organisation_of_token(db::PgSession& db, TokenId id) {
    return value_of<OrganisationId>(db.exec(select_token_owner, Params(id)));
}

void revoke_token(db::PgSession& db, TokenId id, Instant now) {
    db.exec(update_revoked, Params(id, now));
}

std::optional<TokenHolder> holder_of(db::PgSession& db, std::array<std::uint8_t, 32> const& token_digest) {
    db::Rows const rows = db.exec(select_holder, Params(token_digest));
    if (rows.empty()) return std::nullopt;
    auto const row = rows[0];
    return TokenHolder{row.get<TokenId>(0), row.get<Instant>(1), row.get<std::optional<Instant>>(2),
                       account_at(row, 3), organisation_at(row, 10)};
}

}  // namespace sponsio::store
