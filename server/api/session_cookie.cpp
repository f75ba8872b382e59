#include "server/api/session_cookie.hpp"

#include "server/service/parties/access_service.hpp"

namespace sponsio::api {
namespace {

/// With this prefix a browser takes it only over TLS, for the whole host and from the host itself.
constexpr std::string_view cookie_name = "__Host-sponsio";

}  // namespace

std::string session_cookie(std::string_view secret) {
    return std::string(cookie_name) + "=" + std::string(secret) +
           "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=" +
           std::to_string(std::chrono::seconds(service::session_life).count());
}

std::optional<std::string_view> session_of(http::Request const& request) {
    std::string_view rest = request.header("Cookie").value_or("");
    while (!rest.empty()) {
        std::string_view pair = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(cookie_name) && pair.substr(cookie_name.size()).starts_with('='))
            return pair.substr(cookie_name.size() + 1);
    }
    return std::nullopt;
}

bool comes_from_our_page(http::Request const& request) {
    if (request.header("Sec-Fetch-Site") != "same-origin") return false;
    if (request.method == http::Method::get || request.method == http::Method::head) return true;
    auto const origin = request.header("Origin"), host = request.header("Host");
    return origin && host && *origin == "https://" + std::string(*host);
}

}  // namespace sponsio::api
