#pragma once

#include "server/http/router.hpp"
#include "server/service/publicity/service.hpp"

#include <string>
#include <vector>

namespace sponsio::api {

/// /v1/publicity, the decisions; and /public/v1/publicity, what everybody may read of it, as JSON and as Atom
/// (RFC 4287). `issuer` is the URL under which this server is known.
std::vector<http::Route> publicity_routes(service::PublicityService& publicity, std::string issuer);

}  // namespace sponsio::api
