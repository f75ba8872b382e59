#pragma once

#include "server/http/router.hpp"
#include "server/service/matters/service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/matters/{matter_code}/sheet.csv and sheet.xlsx: the table to be filled in for bulk filing.
std::vector<http::Route> sheet_template_routes(service::MatterService& matters);

}  // namespace sponsio::api
