#pragma once

#include <string>

namespace sponsio::client {

/// An https URL with a host, without user information and without a fragment, as libcurl reads it, which also
/// sends to it.
[[nodiscard]] bool is_https_url(std::string const& text);

/// Its host; empty if it has none.
[[nodiscard]] std::string host_of(std::string const& url);

/// http://host:port or https://host:port, with or without user information: where a proxy is.
[[nodiscard]] bool is_proxy_url(std::string const& text);

}  // namespace sponsio::client
