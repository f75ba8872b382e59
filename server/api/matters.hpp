#pragma once

#include "server/http/router.hpp"
#include "server/paper/printer.hpp"
#include "server/service/matters/service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/matters and /v1/notices.
std::vector<http::Route> matter_routes(service::MatterService& matters, paper::Printer& printer);

}  // namespace sponsio::api
