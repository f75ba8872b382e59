#pragma once

#include "server/http/router.hpp"
#include "server/service/parties/grant_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/grants: rights beyond the own tree.
std::vector<http::Route> grant_routes(service::GrantService& grants);

}  // namespace sponsio::api
