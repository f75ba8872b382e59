#pragma once

#include "server/http/router.hpp"
#include "server/service/tasks/inspection_service.hpp"

#include <vector>

namespace sponsio::api {

/// Yearly caps of inspections, and the public look at one by its check code.
std::vector<http::Route> inspection_routes(service::InspectionService& inspections);

}  // namespace sponsio::api
