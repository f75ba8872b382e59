#pragma once

#include "server/domain/access.hpp"
#include "server/domain/decode.hpp"
#include "server/store/organisations.hpp"

#include <string>
#include <vector>

namespace sponsio::service {

/// Refuses with not_found unless `organisation` is the caller's own or below it.
Outcome<void> within_reach(db::PgSession& db, domain::Official const& who, OrganisationId organisation);

/// The member `roles`: one to nine words of domain::Role, each once.
std::vector<std::string> read_roles(domain::Fields& fields);

}  // namespace sponsio::service
