#pragma once

#include "server/http/router.hpp"
#include "server/service/sessions/service.hpp"

#include <vector>

namespace sponsio::api {

/// Signing in with a passkey, and the passkeys of an account. Sessions are listed and ended as tokens are.
std::vector<http::Route> session_routes(service::SessionService& sessions);

}  // namespace sponsio::api
