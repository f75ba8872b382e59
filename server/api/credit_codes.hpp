#pragma once

#include "server/http/router.hpp"
#include "server/service/parties/credit_code_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/credit-codes.
std::vector<http::Route> credit_code_routes(service::CreditCodeService& codes);

}  // namespace sponsio::api
