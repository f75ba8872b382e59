#include "server/http/request.hpp"

#include "server/http/router.hpp"

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

void Request::reset() noexcept {
    method = Method::other;
    headers.clear();
    body.clear();
    body_stream = nullptr;
    account_id.clear();
    route = nullptr;
    attached_.reset();
    attached_type_ = nullptr;
}

}  // namespace sponsio::http
