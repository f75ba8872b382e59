#pragma once

#include "server/http/router.hpp"
#include "server/service/matters/service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/matters and /v1/notices.
std::vector<http::Route> matter_routes(service::MatterService& matters);

}  // namespace sponsio::api
