#pragma once

#include "server/http/router.hpp"
#include "server/service/filing_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/commitments.
std::vector<http::Route> commitment_routes(service::FilingService& filing);

}  // namespace sponsio::api
