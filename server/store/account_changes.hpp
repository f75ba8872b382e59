#pragma once

#include "server/domain/words.hpp"
#include "server/store/organisations.hpp"

#include <optional>
#include <string>
#include <vector>

/// What changed about accounts and organisations, and what stood there before.
namespace sponsio::store {

enum class AccountField { name, roles, unit, person };

constexpr auto words_of(AccountField) {
    using enum AccountField;
    return std::to_array<domain::Word<AccountField>>(
        {{name, "name"}, {roles, "roles"}, {unit, "unit"}, {person, "person"}});
}

using AccountChangeId = Id<struct AccountChangeTag>;

struct AccountChange {
    AccountChangeId id;
    AccountId account;
    AccountField what;
    /// A name; roles, with commas between them; the credit code of a unit; the id of a person, or nothing.
    std::string before;
    std::string after;
    std::optional<AccountId> by;  ///< nobody: on the command line
    Instant at;
};

void insert(db::PgSession& db, AccountChange const& change);
/// The newest first, before `before`.
std::vector<AccountChange> changes_of(db::PgSession& db, AccountId account,
                                      std::optional<AccountChangeId> const& before, int limit);

/// A name that an organisation had.
struct EarlierName {
    OrganisationId organisation;
    Instant valid_until;
    Instant valid_from;
    std::string name;
    std::optional<AccountId> changed_by;  ///< who gave it the next one; nobody: on the command line
};

void insert(db::PgSession& db, EarlierName const& name);
/// The newest first.
std::vector<EarlierName> earlier_names(db::PgSession& db, OrganisationId id);

}  // namespace sponsio::store
