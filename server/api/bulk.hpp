#pragma once

#include "server/http/router.hpp"
#include "server/service/filing/eligibility.hpp"
#include "server/service/filing/service.hpp"

namespace sponsio::api {

/// POST /v1/commitments/bulk: commitments as NDJSON, one answer line each, streamed both ways, and a summary.
http::Route bulk_filing_route(service::FilingService& filing, service::EligibilityService& eligibility);

}  // namespace sponsio::api
