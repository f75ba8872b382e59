#pragma once

#include "server/domain/access.hpp"
#include "server/http/router.hpp"
#include "server/service/filing/service.hpp"

#include <vector>

namespace sponsio::api {

/// Who may ask for one commitment, of their own organisation.
domain::Policy commitment_readers();

/// /v1/commitments.
std::vector<http::Route> commitment_routes(service::FilingService& filing);

}  // namespace sponsio::api
