#include "server/http/request.hpp"

#include "server/http/router.hpp"

#include <algorithm>

namespace sponsio::http {

std::string_view name(Method method) {
    switch (method) {
        case Method::get: return "GET";
        case Method::head: return "HEAD";
        case Method::post: return "POST";
        case Method::put: return "PUT";
        case Method::patch: return "PATCH";
        case Method::del: return "DELETE";
        case Method::options: return "OPTIONS";
        case Method::other: break;
    }
    return "other";
}

std::string_view Request::capture(std::string_view name) const {
    if (route) {
        for (std::size_t i = 0; i != route->names.size(); ++i) {
            if (route->names[i] != name) continue;
            bool const tail = route->has_tail && i + 1 == route->names.size();
            return tail ? target.path_from(captured[i]) : target.segment(captured[i]);
        }
    }
    throw std::logic_error("the route's pattern has no {" + std::string(name) + "}");
}

void Request::take_given_id() noexcept {
    constexpr std::size_t longest = 64;
    auto const fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    };
    std::string_view const given = headers.find("X-Request-Id").value_or("");
    given_id = given.size() <= longest && std::ranges::all_of(given, fits) ? given : std::string_view{};
}

void Request::reset() noexcept {
    given_id = {};
    method = Method::other;
    headers.clear();
    body.clear();
    body_stream = nullptr;
    account_id.clear();
    organisation_id.clear();
    route = nullptr;
    attached_.clear();
}

}  // namespace sponsio::http
