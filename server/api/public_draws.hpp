#pragma once

#include "server/http/router.hpp"
#include "server/service/draws/public_draws.hpp"

#include <vector>

namespace sponsio::api {

/// /public/v1/draws: the public view of draws, and their replay.
std::vector<http::Route> public_draw_routes(service::PublicDraws& draws);

}  // namespace sponsio::api
