#pragma once

#include "server/http/router.hpp"
#include "server/service/repairs/service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/repairs: applications for credit repair, with their files.
std::vector<http::Route> repair_routes(service::RepairService& repairs);

}  // namespace sponsio::api
