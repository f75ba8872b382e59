#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sponsio {

/// Length of the UTF-8 sequence of a non-ASCII character that starts at `at`, which is before `end` (RFC 3629
/// §4: no surrogates, no overlong forms, nothing beyond U+10FFFF); 0 when there is none.
constexpr std::size_t utf8_length(char const* at, char const* end) noexcept {
    auto const byte = [at](std::size_t i) { return static_cast<std::uint8_t>(at[i]); };
    auto const follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    auto const left = static_cast<std::size_t>(end - at);
    std::uint8_t const lead = byte(0);
    if (lead >= 0xE1 && lead <= 0xEF) {  // most Chinese text
        if (left < 3 || !follows(1) || !follows(2)) return 0;
        return lead == 0xED && byte(1) > 0x9F ? 0 : 3;
    }
    if (lead >= 0xC2 && lead <= 0xDF) return left >= 2 && follows(1) ? 2 : 0;
    if (lead == 0xE0) return left >= 3 && byte(1) >= 0xA0 && follows(1) && follows(2) ? 3 : 0;
    if (lead < 0xF0 || lead > 0xF4 || left < 4) return 0;
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
}

/// Length of the character, ASCII or not, that begins at `text[at]`; 0 if there is none.
[[nodiscard]] constexpr std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept {
    if (at >= text.size()) return 0;
    if (static_cast<std::uint8_t>(text[at]) < 0x80) return 1;
    return utf8_length(text.data() + at, text.data() + text.size());
}

static_assert(utf8_sequence("\xE5\xBC\xA0", 0) == 3 && utf8_sequence("\xED\xA0\x80", 0) == 0);

}  // namespace sponsio
