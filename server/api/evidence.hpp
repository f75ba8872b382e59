#pragma once

#include "server/http/router.hpp"
#include "server/service/tasks/verification_service.hpp"

#include <vector>

namespace sponsio::api {

/// The files of a task: taken in as they arrive, given out as they are read.
std::vector<http::Route> evidence_routes(service::VerificationService& verifications);

}  // namespace sponsio::api
