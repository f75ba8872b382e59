#pragma once

#include "server/http/router.hpp"
#include "server/paper/printer.hpp"
#include "server/service/findings/service.hpp"

#include <vector>

namespace sponsio::api {

/// /v1/findings with the steps of due process, and /v1/documents.
std::vector<http::Route> finding_routes(service::FindingService& findings, paper::Printer& printer);

}  // namespace sponsio::api
