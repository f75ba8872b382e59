#pragma once

#include "server/http/router.hpp"
#include "server/service/removals/service.hpp"

#include <vector>

namespace sponsio::api {

/// Removals of records, and the receipts of those who got them.
std::vector<http::Route> removal_routes(service::RemovalService& removals);

}  // namespace sponsio::api
