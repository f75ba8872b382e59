#pragma once

#include "server/http/router.hpp"
#include "server/service/draws/conflict_service.hpp"
#include "server/service/draws/service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/draws: supervisors hold draws.
std::vector<http::Route> draw_routes(service::DrawService& draws);
/// /v1/conflicts: verifiers say whom they must not check.
std::vector<http::Route> conflict_routes(service::ConflictService& conflicts);

}  // namespace sponsio::api
