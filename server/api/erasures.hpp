#pragma once

#include "server/http/router.hpp"
#include "server/service/erasure/service.hpp"

#include <vector>

namespace sponsio::api {

/// Erasures that the operator asked for, and the second person's decision.
std::vector<http::Route> erasure_routes(service::ErasureService& erasures);

}  // namespace sponsio::api
