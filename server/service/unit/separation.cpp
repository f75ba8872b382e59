#include "server/service/unit/separation.hpp"

#include "server/store/persons.hpp"

namespace sponsio::service {

Persons::Persons(db::PgSession& db, std::vector<AccountId> const& accounts)
    : persons_(store::persons_of(db, accounts)) {}

std::vector<PersonId> Persons::of(std::vector<AccountId> const& accounts) const {
    std::vector<PersonId> list;
    for (AccountId const account : accounts) list.push_back(of(account));
    return list;
}

}  // namespace sponsio::service
