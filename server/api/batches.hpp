#pragma once

#include "server/http/router.hpp"
#include "server/service/tasks/absence_service.hpp"
#include "server/service/tasks/batch_service.hpp"

#include <vector>

namespace sponsio::api {

/// Steps of many verification tasks in one request.
std::vector<http::Route> batch_routes(service::BatchService& batches);
/// Who is away.
std::vector<http::Route> absence_routes(service::AbsenceService& absences);

}  // namespace sponsio::api
