#include "server/service/unit/page.hpp"

namespace sponsio::service {

std::string list_key(Instant at, std::string_view name) {
    return to_rfc3339(at) + " " + std::string(name);
}

std::optional<std::pair<std::string_view, std::string_view>> split_list_key(std::string_view key) {
    std::size_t const blank = key.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    return std::pair{key.substr(0, blank), key.substr(blank + 1)};
}

}  // namespace sponsio::service
