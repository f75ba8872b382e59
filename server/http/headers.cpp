#include "server/http/headers.hpp"

#include <algorithm>

namespace sponsio::http {
namespace {

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

void Headers::add(std::string_view name, std::string_view value) {
    fields_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint16_t>(name.size()),
                       static_cast<std::uint16_t>(value.size())});
    text_.append(name).append(value);
}

void Headers::clear() noexcept {
    text_.clear();
    fields_.clear();
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
    for (Place const& p : fields_)
        if (equal_ignoring_case(std::string_view(text_).substr(p.at, p.name), name))
            return std::string_view(text_).substr(p.at + p.name, p.value);
    return std::nullopt;
}

std::optional<std::string> Headers::list(std::string_view name) const {
    std::optional<std::string> whole;
    for (Place const& p : fields_) {
        if (!equal_ignoring_case(std::string_view(text_).substr(p.at, p.name), name)) continue;
        std::string_view const value = std::string_view(text_).substr(p.at + p.name, p.value);
        if (whole)
            whole->append(", ").append(value);
        else
            whole.emplace(value);
    }
    return whole;
}

std::size_t Headers::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(fields_, [&](Place const& p) {
        return equal_ignoring_case(std::string_view(text_).substr(p.at, p.name), name);
    }));
}

}  // namespace sponsio::http
