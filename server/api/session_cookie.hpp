#pragma once

#include "server/http/request.hpp"

#include <optional>
#include <string>
#include <string_view>

/// The cookie in which a browser keeps its session (RFC 6265bis). docs/console.md
namespace sponsio::api {

/// What Set-Cookie says: for this host alone, over TLS alone, out of reach of scripts and of other sites'
/// pages.
std::string session_cookie(std::string_view secret);

/// The secret of the request's cookie, if it has one.
std::optional<std::string_view> session_of(http::Request const& request);

/// Whether one of this server's own pages sent the request, as its browser says: Sec-Fetch-Site (Fetch
/// Metadata), which no script can set, and for whatever changes something the Origin too. So no page of
/// another site acts with a person's session, whatever its browser thinks of SameSite.
bool comes_from_our_page(http::Request const& request);

}  // namespace sponsio::api
