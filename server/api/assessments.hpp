#pragma once

#include "server/http/router.hpp"
#include "server/service/assessments/service.hpp"

#include <vector>

namespace sponsio::api {

/// The freezing of a quarter, for assessors; its data set as JSON and CSV and its charts, for everybody.
std::vector<http::Route> assessment_routes(service::AssessmentService& assessments);

}  // namespace sponsio::api
