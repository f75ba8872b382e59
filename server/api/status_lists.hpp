#pragma once

#include "server/http/router.hpp"
#include "server/service/records/status_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/status-lists/{list_no}: what became of the records, for everybody (Token Status List).
std::vector<http::Route> status_list_routes(service::StatusService& statuses);

}  // namespace sponsio::api
