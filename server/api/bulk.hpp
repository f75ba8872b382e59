#pragma once

#include "server/http/router.hpp"
#include "server/service/filing/service.hpp"

namespace sponsio::api {

/// POST /v1/commitments/bulk: commitments as NDJSON, one answer line each, streamed both ways.
http::Route bulk_filing_route(service::FilingService& filing);

}  // namespace sponsio::api
