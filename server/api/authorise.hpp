#pragma once

#include "server/http/router.hpp"
#include "server/service/parties/access_service.hpp"

namespace sponsio::api {

/// The token of "Authorization: Bearer ..." (RFC 6750 §2.1).
Outcome<std::string_view> bearer_of(http::Request const& request);

/// The hook that runs before any body is read: bearer token or the session of a browser, then the route's
/// policy. Leaves the Official on the request.
http::Authorise authorise_with(service::AccessService& access);

}  // namespace sponsio::api
