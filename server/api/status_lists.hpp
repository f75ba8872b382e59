#pragma once

#include "server/http/router.hpp"
#include "server/service/records/status_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/status-lists/{list_no}: the status of all records, public (Token Status List).
std::vector<http::Route> status_list_routes(service::StatusService& statuses);

}  // namespace sponsio::api
