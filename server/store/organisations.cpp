#include "server/store/organisations.hpp"

#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_organisation{"organisations.insert", sql<Organisations::insert>};
constexpr BinaryQuery select_by_uscc{"organisations.by_uscc", sql<Organisations::select, "where uscc = $1">};
constexpr BinaryQuery select_by_id{"organisations.by_id",
                                   sql<Organisations::select, "where organisation_id = $1">};
constexpr BinaryQuery lock_unit{"organisations.lock",
                                sql<Organisations::select, "where organisation_id = $1 for update">};
constexpr BinaryQuery select_after{"organisations.after",
                                   sql<Organisations::select, "where uscc > $1 order by uscc limit $2">};
using ChangedUnit = Organisations::Update<&Organisation::name, &Organisation::region_code,
                                          &Organisation::proof, &Organisation::proof_key>;
constexpr BinaryQuery update_unit{"organisations.update", sql<ChangedUnit::text>};
constexpr BinaryQuery select_scope{
    "organisations.scope",
    sql<"with recursive tree as (select organisation_id from organisation where organisation_id = $1 "
        "union select o.organisation_id from organisation o join tree t on o.superior_id = "
        "t.organisation_id) ",
        Organisations::select,
        "where organisation_id in (select organisation_id from tree) or ($1::uuid is null and "
        "starts_with(region_code, $2))">};
constexpr BinaryQuery select_above{
    "organisations.above",
    sql<"with recursive above as (select organisation_id, superior_id from organisation where "
        "organisation_id = $1 union select o.organisation_id, o.superior_id from organisation o join above a "
        "on o.organisation_id = a.superior_id) ",
        Organisations::select, "where organisation_id in (select organisation_id from above)">};

constexpr BinaryQuery insert_account{"accounts.insert", sql<Accounts::insert>};
constexpr BinaryQuery select_account{"accounts.by_id", sql<Accounts::select, "where account_id = $1">};
constexpr BinaryQuery lock_row{"accounts.lock", sql<Accounts::select, "where account_id = $1 for update">};
constexpr BinaryQuery select_accounts_by_login{"accounts.by_login",
                                               sql<Accounts::select, "where login = $1 order by account_id">};
constexpr BinaryQuery select_accounts{
    "accounts.after", sql<Accounts::select,
                          "where ($1 or organisation_id = any($2)) and (login, account_id) > ($3, $4) "
                          "order by login, account_id limit $5">};
using ChangedAccount =
    Accounts::Update<&Account::name, &Account::roles, &Account::organisation, &Account::person,
                     &Account::closed_at, &Account::proof, &Account::proof_key>;
constexpr BinaryQuery update_account{"accounts.update", sql<ChangedAccount::text>};

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

std::optional<Organisation> lock_organisation(db::PgSession& db, OrganisationId id) {
    return first_of(db.exec(lock_unit, Params(id)), Organisations::read);
}

void update(db::PgSession& db, Organisation const& organisation) {
    db.exec(update_unit, ChangedUnit::values(organisation));
}

std::vector<Organisation> organisations_in(db::PgSession& db, domain::Scope const& scope) {
    return all_of(db.exec(select_scope, Params(scope.top, scope.region)), Organisations::read);
}

std::vector<Organisation> organisations_above(db::PgSession& db, OrganisationId id) {
    return all_of(db.exec(select_above, Params(id)), Organisations::read);
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

std::optional<Account> lock_account(db::PgSession& db, AccountId id) {
    return first_of(db.exec(lock_row, Params(id)), Accounts::read);
}

void update(db::PgSession& db, Account const& account) {
    db.exec(update_account, ChangedAccount::values(account));
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

}  // namespace sponsio::store
