#pragma once

#include "server/http/router.hpp"
#include "server/service/parties/organisation_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/me, /v1/organisations, /v1/accounts.
std::vector<http::Route> organisation_routes(service::OrganisationService& organisations);

}  // namespace sponsio::api
