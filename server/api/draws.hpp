#pragma once

#include "server/http/router.hpp"
#include "server/service/draws/conflict_service.hpp"
#include "server/service/draws/explanations.hpp"
#include "server/service/draws/service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/draws: draws, as supervisors hold them.
std::vector<http::Route> draw_routes(service::DrawService& draws, service::DrawExplanations& explanations);
/// /v1/conflicts: conflicts of interest that verifiers declare.
std::vector<http::Route> conflict_routes(service::ConflictService& conflicts);

}  // namespace sponsio::api
