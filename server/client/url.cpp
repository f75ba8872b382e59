#include "server/client/url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <cstdint>

namespace sponsio::client {
namespace {

/// 0 if it is not one.
std::uint16_t port_of(std::string_view text) {
    std::uint16_t value = 0;
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    return ec == std::errc{} && end == text.data() + text.size() ? value : 0;
}

}  // namespace

std::optional<Url> parse_https_url(std::string_view text) {
    auto const parsed = boost::urls::parse_absolute_uri(text);
    if (!parsed || parsed->scheme() != "https" || parsed->encoded_host().empty() || parsed->has_userinfo())
        return std::nullopt;
    Url url;
    url.host = parsed->host_address();
    url.port = parsed->has_port() && !parsed->port().empty() ? port_of(parsed->port()) : 443;
    url.authority = parsed->encoded_host_and_port();
    url.target = parsed->encoded_path();
    if (url.target.empty()) url.target = "/";
    // Boost.URL 1.81 takes "https://host:word/" for an empty port with the path "word/", and any number for a
    // port.
    if (url.target.front() != '/' || url.port == 0) return std::nullopt;
    if (parsed->has_query()) url.target += "?" + std::string(parsed->encoded_query());
    return url;
}

}  // namespace sponsio::client
