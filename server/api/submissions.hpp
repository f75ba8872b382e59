#pragma once

#include "server/http/router.hpp"
#include "server/service/submissions/report_service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/submissions: batches to the sharing platform, their exact bytes, and corrections of rejected reports.
std::vector<http::Route> submission_routes(service::ReportService& reports);

}  // namespace sponsio::api
