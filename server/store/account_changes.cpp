#include "server/store/account_changes.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Changes = Table<"account_change", AccountChange, Column<"change_id", &AccountChange::id>,
                      Column<"account_id", &AccountChange::account>, Column<"what", &AccountChange::what>,
                      Column<"before", &AccountChange::before>, Column<"after", &AccountChange::after>,
                      Column<"changed_by", &AccountChange::by>, Column<"changed_at", &AccountChange::at>>;
constexpr BinaryQuery insert_change{"account_changes.insert", sql<Changes::insert>};
constexpr BinaryQuery select_changes{
    "account_changes.of_account",
    sql<Changes::select, "where account_id = $1 and change_id < $2 order by change_id desc limit $3">};

constexpr BinaryQuery lock_row{"accounts.lock", "select true from account where account_id = $1 for update"};
constexpr BinaryQuery update_account{
    "accounts.update",
    "update account set name = $2, roles = $3, organisation_id = $4, person_id = $5 where account_id = $1"};

using Names =
    Table<"organisation_name", EarlierName, Column<"organisation_id", &EarlierName::organisation>,
          Column<"valid_until", &EarlierName::valid_until>, Column<"valid_from", &EarlierName::valid_from>,
          Column<"name", &EarlierName::name>, Column<"changed_by", &EarlierName::changed_by>>;
constexpr BinaryQuery insert_name{"organisation_names.insert", sql<Names::insert>};
constexpr BinaryQuery select_names{
    "organisation_names.of", sql<Names::select, "where organisation_id = $1 order by valid_until desc">};
constexpr BinaryQuery lock_unit{"organisations.lock",
                                "select true from organisation where organisation_id = $1 for update"};
constexpr BinaryQuery update_name{"organisations.set_name",
                                  "update organisation set name = $2 where organisation_id = $1"};

AccountChangeId last_of_all() {
    Uuid last;
    last.bytes.fill(0xff);
    return AccountChangeId{last};
}

}  // namespace

void insert(db::PgSession& db, AccountChange const& change) {
    db.exec(insert_change, Changes::values(change));
}

std::vector<AccountChange> changes_of(db::PgSession& db, AccountId account,
                                      std::optional<AccountChangeId> const& before, int limit) {
    return all_of(
        db.exec(select_changes, Params(account, before.value_or(last_of_all()), std::int32_t{limit})),
        Changes::read);
}

std::optional<Account> lock_account(db::PgSession& db, AccountId id) {
    db.exec(lock_row, Params(id));
    return account_by_id(db, id);
}

void update(db::PgSession& db, Account const& account) {
    db.exec(update_account, Params()
                                .add(account.id)
                                .add(account.name)
                                .add(array_of(account.roles))
                                .add(account.organisation)
                                .add(account.person));
}

std::optional<Organisation> lock_organisation(db::PgSession& db, OrganisationId id) {
    db.exec(lock_unit, Params(id));
    return organisation_by_id(db, id);
}

void set_name(db::PgSession& db, OrganisationId id, std::string const& name) {
    db.exec(update_name, Params(id, name));
}

void insert(db::PgSession& db, EarlierName const& name) {
    db.exec(insert_name, Names::values(name));
}

std::vector<EarlierName> earlier_names(db::PgSession& db, OrganisationId id) {
    return all_of(db.exec(select_names, Params(id)), Names::read);
}

}  // namespace sponsio::store
