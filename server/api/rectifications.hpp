#pragma once

#include "server/http/router.hpp"
#include "server/service/filing/rectification_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/commitments/{code}/rectification
std::vector<http::Route> rectification_routes(service::RectificationService& rectifications);

}  // namespace sponsio::api
