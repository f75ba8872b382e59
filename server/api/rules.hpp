#pragma once

#include "server/base/time.hpp"
#include "server/domain/knowledge.hpp"
#include "server/http/router.hpp"

#include <vector>

namespace sponsio::api {

/// Which rule holds for a place, a kind of matter and a day, and why. Both outlive the routes.
std::vector<http::Route> rule_routes(domain::Knowledge const& knowledge, Clock const& clock);

}  // namespace sponsio::api
