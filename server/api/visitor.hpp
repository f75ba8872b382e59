#pragma once

#include "server/api/common.hpp"
#include "server/service/window/service.hpp"

namespace sponsio::api {

/// Options of a route of a visitor's own case: it needs no account, is for no page of another origin, and
/// its token is looked at before a byte of a body is read.
http::RouteOptions for_visitor(service::CaseWindow& window, http::RouteOptions options);
/// The visitor whom the hook of for_visitor() recognised.
service::Caller<service::CaseVisitor> visitor_of(Request const& request);

}  // namespace sponsio::api
