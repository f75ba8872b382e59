#pragma once

#include "server/http/router.hpp"
#include "server/paper/printer.hpp"
#include "server/service/window/service.hpp"

#include <vector>

namespace sponsio::api {

/// The subject's own case: signed in to with the code on the prior notice, under a token of its own.
std::vector<http::Route> window_routes(service::CaseWindow& window, paper::Printer& printer);

}  // namespace sponsio::api
