#pragma once

#include "server/db/tx.hpp"
#include "server/domain/person_id.hpp"

#include <map>
#include <optional>
#include <vector>

namespace sponsio::service {

/// The persons behind some accounts: what separates functions compares them, whichever accounts they used.
class Persons {
  public:
    Persons(db::PgSession& db, std::vector<AccountId> const& accounts);

    [[nodiscard]] PersonId of(AccountId account) const { return persons_.at(account); }

    [[nodiscard]] std::optional<PersonId> of(std::optional<AccountId> const& account) const {
        return account ? std::optional(of(*account)) : std::nullopt;
    }

    [[nodiscard]] std::vector<PersonId> of(std::vector<AccountId> const& accounts) const;

    /// Whether it was entered who holds the account; without that nobody takes a step that decides about
    /// somebody (problem::forbidden).
    [[nodiscard]] bool known(AccountId account) const { return of(account).raw() != account.raw(); }

  private:
    std::map<AccountId, PersonId> persons_;
};

}  // namespace sponsio::service
