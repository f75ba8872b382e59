#pragma once

#include <string>

namespace sponsio::client {

/// Whether the text is an https URL with a host, without user information and without a fragment, as libcurl
/// reads it, which also sends the request.
[[nodiscard]] bool is_https_url(std::string const& text);

/// The host of a URL; empty if it has none.
[[nodiscard]] std::string host_of(std::string const& url);

/// Whether the text is an http or https proxy address with a port, with or without user information.
[[nodiscard]] bool is_proxy_url(std::string const& text);

}  // namespace sponsio::client
