#pragma once

#include "server/db/tx.hpp"
#include "server/domain/access.hpp"
#include "server/service/unit/vault.hpp"

#include <optional>
#include <vector>

namespace sponsio::service {

/// The organisations whose holdings an official sees and works with (domain::Holding): the own one, those
/// below it where that is so, and those of grants. Every service asks here. Whom an organisation is below is
/// believed only of rows with a good proof (prove_row): a superior that somebody wrote into the database
/// gives no reach, nor does it to what is below.
class Reach {
  public:
    static Reach of(db::PgSession& db, Vault const& vault, domain::Official const& who, domain::Holding what);

    [[nodiscard]] bool covers(OrganisationId organisation) const;

    /// Nothing: all.
    [[nodiscard]] std::optional<std::vector<OrganisationId>> const& organisations() const { return list_; }

  private:
    explicit Reach(std::optional<std::vector<OrganisationId>> list) : list_(std::move(list)) {}

    std::optional<std::vector<OrganisationId>> list_;
};

/// Whether that organisation is reached. Asks the database only where it is not the own one, and looks at
/// what is above it alone.
bool reaches(db::PgSession& db, Vault const& vault, domain::Official const& who, domain::Holding what,
             OrganisationId organisation);
/// Refuses with not_found unless it is.
Outcome<void> within_reach(db::PgSession& db, Vault const& vault, domain::Official const& who,
                           domain::Holding what, OrganisationId organisation);
/// The same of Holding::cases, which no right reaches beyond the own unit: nothing stored has to be believed.
bool is_own_case(domain::Official const& who, OrganisationId organisation);

}  // namespace sponsio::service
