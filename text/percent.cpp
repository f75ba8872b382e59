#include "text/percent.hpp"

#include <cstdint>

namespace sponsio {
namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

void append_percent_encoded(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (char const c : text) {
        auto const byte = static_cast<std::uint8_t>(c);
        if (is_unreserved(c))
            out += c;
        else
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
}

}  // namespace sponsio
