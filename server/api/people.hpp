#pragma once

#include "server/http/router.hpp"
#include "server/service/parties/account_changes.hpp"
#include "server/service/parties/enrolment_service.hpp"
#include "server/service/parties/token_service.hpp"

#include <vector>

namespace sponsio::api {

/// What changes about accounts and organisations, and what stood there before.
std::vector<http::Route> account_change_routes(service::AccountChangeService& changes);
/// Tokens: listed, renewed, ended.
std::vector<http::Route> token_routes(service::TokenService& tokens);
/// Codes, and the tokens that people fetch with them.
std::vector<http::Route> enrolment_routes(service::EnrolmentService& enrolments);

}  // namespace sponsio::api
