#include "server/domain/utf8.hpp"

#include <cstddef>

namespace sponsio::domain {
namespace {

struct Lead {
    char32_t bits;      ///< what the first byte contributes
    std::size_t more;   ///< bytes that follow
    char32_t smallest;  ///< the least code point that needs this length
};

std::optional<Lead> lead_of(unsigned char byte) {
    if (byte < 0x80) return Lead{byte, 0, 0};
    if ((byte & 0xE0) == 0xC0) return Lead{static_cast<char32_t>(byte & 0x1F), 1, 0x80};
    if ((byte & 0xF0) == 0xE0) return Lead{static_cast<char32_t>(byte & 0x0F), 2, 0x800};
    if ((byte & 0xF8) == 0xF0) return Lead{static_cast<char32_t>(byte & 0x07), 3, 0x10000};
    return std::nullopt;
}

}  // namespace

std::optional<std::u32string> from_utf8(std::string_view bytes) {
    std::u32string text;
    for (std::size_t i = 0; i != bytes.size();) {
        auto const lead = lead_of(static_cast<unsigned char>(bytes[i++]));
        if (!lead || bytes.size() - i < lead->more) return std::nullopt;
        char32_t c = lead->bits;
        for (std::size_t k = 0; k != lead->more; ++k, ++i) {
            auto const byte = static_cast<unsigned char>(bytes[i]);
            if ((byte & 0xC0) != 0x80) return std::nullopt;
            c = c << 6 | static_cast<char32_t>(byte & 0x3F);
        }
        if (c < lead->smallest || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return std::nullopt;
        text.push_back(c);
    }
    return text;
}

std::string to_utf8(std::u32string_view text) {
    std::string bytes;
    auto const tail = [&](char32_t c, unsigned shift) {
        bytes.push_back(static_cast<char>(0x80 | (c >> shift & 0x3F)));
    };
    for (char32_t c : text) {
        if (c < 0x80) {
            bytes.push_back(static_cast<char>(c));
        } else if (c < 0x800) {
            bytes.push_back(static_cast<char>(0xC0 | c >> 6));
            tail(c, 0);
        } else if (c < 0x10000) {
            bytes.push_back(static_cast<char>(0xE0 | c >> 12));
            tail(c, 6);
            tail(c, 0);
        } else {
            bytes.push_back(static_cast<char>(0xF0 | c >> 18));
            tail(c, 12);
            tail(c, 6);
            tail(c, 0);
        }
    }
    return bytes;
}

}  // namespace sponsio::domain
