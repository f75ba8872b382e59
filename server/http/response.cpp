#include "server/http/response.hpp"

#include <algorithm>
#include <stdexcept>

namespace sponsio::http {

Response& Response::set(Literal name, std::string value) {
    auto const control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::ranges::any_of(value, control))
        throw std::logic_error("a header value holds a control character");
    headers.push_back({name, std::move(value)});
    return *this;
}

Response json_response(unsigned status, std::string body) {
    Response made;
    made.status = status;
    made.content_type = "application/json";
    made.body = std::move(body);
    return made;
}

Response bytes_response(std::string content_type, std::string body) {
    Response made;
    made.set("Content-Type", std::move(content_type));
    // Stored bytes of third parties must not be rendered as a page of this site.
    made.set("Content-Disposition", "attachment");
    made.body = std::move(body);
    return made;
}

Response shared_response(Literal content_type, std::shared_ptr<std::string const> body) {
    Response made;
    made.content_type = content_type;
    made.shared = std::move(body);
    return made;
}

Response empty_response(unsigned status) {
    Response made;
    made.status = status;
    return made;
}

}  // namespace sponsio::http
