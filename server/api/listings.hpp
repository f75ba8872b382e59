#pragma once

#include "server/http/router.hpp"
#include "server/service/listings/service.hpp"

#include <vector>

namespace sponsio::api {

/// The desk's steps of the serious list, under /v1/serious-listings, and what everybody reads of it, under
/// /public/v1/serious-list.
std::vector<http::Route> listing_routes(service::ListingService& listings);

}  // namespace sponsio::api
