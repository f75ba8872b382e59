#pragma once

#include "server/http/router.hpp"
#include "server/service/search/service.hpp"

#include <vector>

namespace sponsio::api {

/// What is looked for stands in a body: a number in an address ends up in the logs of every proxy on the way.
std::vector<http::Route> search_routes(service::SearchService& searches);

}  // namespace sponsio::api
