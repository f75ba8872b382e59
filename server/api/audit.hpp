#pragma once

#include "server/http/router.hpp"
#include "server/service/parties/audit_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/audit-events, /v1/personal-queries.
std::vector<http::Route> audit_routes(service::AuditService& audit);

}  // namespace sponsio::api
