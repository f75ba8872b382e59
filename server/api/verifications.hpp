#pragma once

#include "server/http/router.hpp"
#include "server/service/tasks/verification_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/verifications: the queue, the steps of a verification task, and its evidence.
std::vector<http::Route> verification_routes(service::VerificationService& verifications);

}  // namespace sponsio::api
