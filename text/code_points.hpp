#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sponsio {

/// The code points, or nothing if the bytes are not UTF-8 (RFC 3629: no surrogates, no longer form than
/// needed, nothing beyond U+10FFFF).
std::optional<std::u32string> from_utf8(std::string_view bytes);

/// Expects code points that from_utf8() could have given.
std::string to_utf8(std::u32string_view text);

/// Whether this is an ideograph of any plane; compatibility ideographs and the zero U+3007 count.
constexpr bool is_han(char32_t c) {
    return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFD) || c == 0x3007;
}

/// Whether this is a space character of any width.
constexpr bool is_blank(char32_t c) {
    return c == 0x20 || c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
           c == 0x205F;
}

}  // namespace sponsio
