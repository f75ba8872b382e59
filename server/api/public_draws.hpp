#pragma once

#include "server/http/router.hpp"
#include "server/service/draws/public_draws.hpp"

#include <vector>

namespace sponsio::api {

/// /public/v1/draws: what everybody may know of draws, and replay.
std::vector<http::Route> public_draw_routes(service::PublicDraws& draws);

}  // namespace sponsio::api
