#include "server/client/url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace sponsio::client {

std::optional<Url> parse_https_url(std::string_view text) {
    auto const parsed = boost::urls::parse_absolute_uri(text);
    if (!parsed || parsed->scheme() != "https" || parsed->encoded_host().empty() || parsed->has_userinfo())
        return std::nullopt;
    Url url;
    url.host = parsed->host_address();
    url.port = parsed->has_port() && !parsed->port().empty() ? std::string(parsed->port()) : "443";
    url.authority = parsed->encoded_host_and_port();
    url.target = parsed->encoded_path();
    if (url.target.empty()) url.target = "/";
    if (parsed->has_query()) url.target += "?" + std::string(parsed->encoded_query());
    return url;
}

}  // namespace sponsio::client
