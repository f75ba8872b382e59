#pragma once

#include "server/http/router.hpp"
#include "server/service/tasks/oversight_service.hpp"

#include <vector>

namespace sponsio::api {

/// Under /v1/verifications: tasks on a clue, recusals, reassignments, reopenings.
std::vector<http::Route> oversight_routes(service::OversightService& oversight);

}  // namespace sponsio::api
