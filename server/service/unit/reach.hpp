#pragma once

#include "server/db/tx.hpp"
#include "server/domain/access.hpp"

#include <optional>
#include <vector>

namespace sponsio::service {

/// The organisations whose holdings an official sees and works with (domain::Holding): the own one, those
/// below it where that is so, and those of grants. Every service asks here.
class Reach {
  public:
    static Reach of(db::PgSession& db, domain::Official const& who, domain::Holding what);

    [[nodiscard]] bool covers(OrganisationId organisation) const;

    /// Nothing: all.
    [[nodiscard]] std::optional<std::vector<OrganisationId>> const& organisations() const { return list_; }

  private:
    explicit Reach(std::optional<std::vector<OrganisationId>> list) : list_(std::move(list)) {}

    std::optional<std::vector<OrganisationId>> list_;
};

/// Whether that organisation is reached. Asks the database only where it is not the own one.
bool reaches(db::PgSession& db, domain::Official const& who, domain::Holding what,
             OrganisationId organisation);
/// Refuses with not_found unless it is.
Outcome<void> within_reach(db::PgSession& db, domain::Official const& who, domain::Holding what,
                           OrganisationId organisation);

}  // namespace sponsio::service
