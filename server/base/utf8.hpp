#pragma once

#include <cstddef>
#include <string_view>

namespace sponsio {

/// Length of the well-formed UTF-8 sequence (RFC 3629 §4) that begins at `text[at]`; 0 if there is none.
[[nodiscard]] constexpr std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept {
    auto const byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    auto const within = [&](std::size_t i, unsigned low, unsigned high) {
        return byte(i) >= low && byte(i) <= high;
    };
    unsigned const first = byte(at);
    if (first < 0x80) return at < text.size() ? 1 : 0;
    if (first >= 0xC2 && first <= 0xDF) return within(at + 1, 0x80, 0xBF) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {  // no overlong forms, no surrogates
        bool const second = within(at + 1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
        return second && within(at + 2, 0x80, 0xBF) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {  // no overlong forms, nothing past U+10FFFF
        bool const second = within(at + 1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
        return second && within(at + 2, 0x80, 0xBF) && within(at + 3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

static_assert(utf8_sequence("\xE5\xBC\xA0", 0) == 3 && utf8_sequence("\xED\xA0\x80", 0) == 0);

}  // namespace sponsio
