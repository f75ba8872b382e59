#pragma once

#include "server/domain/access.hpp"
#include "server/http/router.hpp"
#include "server/service/filing/service.hpp"

#include <vector>

namespace sponsio::api {

/// The policy for reading one commitment of one's own organisation.
domain::Policy commitment_readers();

/// /v1/commitments.
std::vector<http::Route> commitment_routes(service::FilingService& filing);

}  // namespace sponsio::api
