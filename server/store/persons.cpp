#include "server/store/persons.hpp"

#include "server/store/account_changes.hpp"
#include "server/store/registry_tables.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery insert_person{"persons.insert",
                                    sql<Persons::insert, "on conflict (document_index) do nothing">};
using Proven = Persons::Update<&Person::proof, &Person::proof_key>;
constexpr BinaryQuery update_person{"persons.update", sql<Proven::text>};
constexpr BinaryQuery select_person{
    "persons.by_document",
    "select person_id from person where document_index = any($1) order by person_id limit 1"};
constexpr BinaryQuery select_of_accounts{
    "persons.of_accounts",
    "select account_id, coalesce(person_id, account_id) from account where account_id = any($1)"};
constexpr BinaryQuery select_same{"persons.same",
                                  "select account_id from account where account_id = $1 or person_id = "
                                  "(select person_id from account where "
                                  "account_id = $1)"};
constexpr BinaryQuery select_appointers{
    "persons.appointers",
    sql<"select created_by from account where account_id = $1 and created_by is not null union "
        "select changed_by from account_change where account_id = $1 and changed_by is not null and what in "
        "(",
        quoted<AccountField::roles, AccountField::unit>,
        ") union select unnest(array[given_by, confirmed_by]) from role_grant where account_id = $1">};

}  // namespace

std::string person_label(PersonId id) {
    return "person.document:" + id.text();
}

bool insert(db::PgSession& db, Person const& person) {
    return db.exec(insert_person, Persons::values(person)).affected() == 1;
}

void update(db::PgSession& db, Person const& person) {
    db.exec(update_person, Proven::values(person));
}

std::optional<PersonId> person_with(db::PgSession& db, std::vector<std::vector<std::uint8_t>> const& terms) {
    return value_of<PersonId>(db.exec(select_person, Params(array_of(terms))));
}

std::map<AccountId, PersonId> persons_of(db::PgSession& db, std::vector<AccountId> const& accounts) {
    std::map<AccountId, PersonId> persons;
    for (auto const& row : db.exec(select_of_accounts, Params(array_of(accounts))))
        persons.emplace(row.get<AccountId>(0), row.get<PersonId>(1));
    return persons;
}

std::vector<AccountId> accounts_of_same_person(db::PgSession& db, AccountId account) {
    return column_of<AccountId>(db.exec(select_same, Params(account)));
}

std::vector<AccountId> appointers_of(db::PgSession& db, AccountId account) {
    std::vector<AccountId> list;
    for (auto const& row : db.exec(select_appointers, Params(account)))
        if (auto const one = row.get<std::optional<AccountId>>(0)) list.push_back(*one);
    return list;
}

}  // namespace sponsio::store
