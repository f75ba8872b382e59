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

using Names =
    Table<"organisation_name", EarlierName, Column<"organisation_id", &EarlierName::organisation>,
          Column<"valid_until", &EarlierName::valid_until>, Column<"valid_from", &EarlierName::valid_from>,
          Column<"name", &EarlierName::name>, Column<"changed_by", &EarlierName::changed_by>>;
constexpr BinaryQuery insert_name{"organisation_names.insert", sql<Names::insert>};
constexpr BinaryQuery select_names{
    "organisation_names.of", sql<Names::select, "where organisation_id = $1 order by valid_until desc">};

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

void insert(db::PgSession& db, EarlierName const& name) {
    db.exec(insert_name, Names::values(name));
}

std::vector<EarlierName> earlier_names(db::PgSession& db, OrganisationId id) {
    return all_of(db.exec(select_names, Params(id)), Names::read);
}

}  // namespace sponsio::store
