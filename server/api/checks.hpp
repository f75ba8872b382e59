#pragma once

#include "server/http/router.hpp"
#include "server/service/departments/assist_service.hpp"

#include <functional>
#include <vector>

namespace sponsio::api {

/// The present status of each configured department.
using DepartmentStatuses = std::function<std::vector<service::DepartmentStatus>()>;

/// /v1/checks, /v1/departments, /v1/assist-tickets, and requests for assistance under a verification task:
/// what other departments are asked, by machine and by person.
std::vector<http::Route> check_routes(service::AssistService& assist, DepartmentStatuses departments);

}  // namespace sponsio::api
