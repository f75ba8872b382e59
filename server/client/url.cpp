#include "server/client/url.hpp"

#include "server/client/curl_handles.hpp"

#include <optional>
#include <string_view>

namespace sponsio::client {
namespace {

/// A part of a URL; nothing if it has none.
std::optional<std::string> part(CURLU* url, CURLUPart what) {
    char* text = nullptr;
    if (curl_url_get(url, what, &text, 0) != CURLUE_OK) return std::nullopt;
    std::string copy(text);
    curl_free(text);
    return copy;
}

/// The parsed URL; nothing unless the text begins with this scheme and a host follows.
UrlHandle parsed(std::string const& text, std::string_view scheme, unsigned flags) {
    // libcurl takes "https:///x" for "https://x".
    if (!text.starts_with(scheme) || text.size() == scheme.size() || text[scheme.size()] == '/') return {};
    UrlHandle url(curl_url());
    if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), flags) != CURLUE_OK) return {};
    if (part(url.get(), CURLUPART_FRAGMENT) || part(url.get(), CURLUPART_PORT) == "0") return {};
    return url;
}

}  // namespace

bool is_https_url(std::string const& text) {
    return parsed(text, "https://", CURLU_DISALLOW_USER) != nullptr;
}

std::string host_of(std::string const& text) {
    auto const url = parsed(text, "https://", 0);
    return url ? part(url.get(), CURLUPART_HOST).value_or("") : "";
}

bool is_proxy_url(std::string const& text) {
    for (char const* const scheme : {"http://", "https://"}) {
        auto const url = parsed(text, scheme, 0);
        if (url && part(url.get(), CURLUPART_PATH).value_or("/") == "/" && !part(url.get(), CURLUPART_QUERY))
            return true;
    }
    return false;
}

}  // namespace sponsio::client
