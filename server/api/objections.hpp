#pragma once

#include "server/http/router.hpp"
#include "server/service/objections/service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/objections: objections to credit records, with their files.
std::vector<http::Route> objection_routes(service::ObjectionService& objections);

}  // namespace sponsio::api
