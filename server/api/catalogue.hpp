#pragma once

#include "server/domain/catalogue.hpp"
#include "server/http/router.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/proof-items, public: whether a proof may be demanded of a resident, and the ways to do without it.
std::vector<http::Route> catalogue_routes(domain::Catalogue const& catalogue, Clock const& clock);

}  // namespace sponsio::api
