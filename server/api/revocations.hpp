#pragma once

#include "server/http/router.hpp"
#include "server/service/revocations/service.hpp"

#include <vector>

namespace sponsio::api {

/// That an effective finding does not stand: /v1/findings/{finding_id}/revocation.
std::vector<http::Route> revocation_routes(service::RevocationService& revocations);

}  // namespace sponsio::api
