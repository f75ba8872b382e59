#pragma once

#include "server/domain/decode.hpp"
#include "server/store/findings.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

/// The names of people beside their accounts.
namespace sponsio::service {

/// The names of the accounts that an answer shows, read in one query.
class People {
  public:
    void add(AccountId account) { asked_.insert(account); }

    void read(db::PgSession& db);

    /// Null for an account that was not read.
    [[nodiscard]] domain::Json name(AccountId account) const;
    /// {account_id, name}
    [[nodiscard]] domain::Json person(AccountId account) const;

  private:
    std::set<AccountId> asked_;
    std::map<AccountId, std::string> names_;
};

/// Puts the name beside each account that the answer shows, however deep: `by_name` beside `by`, null where
/// `by` is; `name` beside `account_id`; `inspector_names` beside `inspectors`, in their order.
void name_people(db::PgSession& db, domain::Json& answer);
/// The same for the items of a list, in one query.
void name_people(db::PgSession& db, std::vector<domain::Json>& items);

}  // namespace sponsio::service
