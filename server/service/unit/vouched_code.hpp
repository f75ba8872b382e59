#pragma once

#include "server/store/credit_codes.hpp"

#include <optional>
#include <string>

namespace sponsio::service {

/// Fault at `pointer`, with what to do, if the check character of a credit code is wrong and no two people of
/// that organisation vouch for it.
Outcome<void> check_credit_code(db::PgSession& db, std::optional<OrganisationId> organisation,
                                std::string const& uscc, std::string pointer);

}  // namespace sponsio::service
