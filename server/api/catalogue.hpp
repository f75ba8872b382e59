#pragma once

#include "server/domain/catalogue.hpp"
#include "server/http/router.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/proof-items, open to everybody: may a resident be asked for this proof, and what is done instead?
std::vector<http::Route> catalogue_routes(domain::Catalogue const& catalogue, Clock const& clock);

}  // namespace sponsio::api
