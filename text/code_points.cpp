#include "text/code_points.hpp"

#include "text/utf8.hpp"

#include <array>
#include <cstddef>

namespace sponsio {

std::optional<std::u32string> from_utf8(std::string_view bytes) {
    // What the first byte of a sequence contributes, by the length of the sequence.
    static constexpr std::array<unsigned, 5> lead_bits{0, 0x7F, 0x1F, 0x0F, 0x07};
    std::u32string text;
    for (std::size_t i = 0; i != bytes.size();) {
        std::size_t const length = utf8_sequence(bytes, i);
        if (length == 0) return std::nullopt;
        auto c = static_cast<char32_t>(static_cast<unsigned char>(bytes[i]) & lead_bits[length]);
        for (std::size_t k = 1; k != length; ++k)
            c = c << 6 | static_cast<char32_t>(static_cast<unsigned char>(bytes[i + k]) & 0x3F);
        text.push_back(c);
        i += length;
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

}  // namespace sponsio
