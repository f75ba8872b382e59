#include "server/sheet/tidy.hpp"

#include "text/code_points.hpp"

#include <algorithm>

namespace sponsio::sheet {
namespace {

bool is_invisible(char32_t c) {
    return is_blank(c) || c == 0xFEFF || (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xAD ||
           c < 0x20 || c == 0x7F || c == 0x85 || c == 0x2028 || c == 0x2029;
}

std::u32string_view trimmed(std::u32string_view text) {
    while (!text.empty() && is_invisible(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_invisible(text.back())) text.remove_suffix(1);
    return text;
}

/// Takes off a leading apostrophe, or =" and ".
std::u32string_view unwrapped(std::u32string_view text) {
    if (text.size() > 1 && text.front() == U'\'') return text.substr(1);
    if (text.size() > 3 && text.starts_with(U"=\"") && text.back() == U'"')
        return text.substr(2, text.size() - 3);
    return text;
}

}  // namespace

Tidied tidy(std::string_view text) {
    auto const points = from_utf8(text);
    if (!points) return {std::string(text)};
    std::u32string_view const inner = trimmed(*points);
    std::u32string_view const bare = unwrapped(inner);
    return {.text = to_utf8(trimmed(bare)),
            .blanks = inner.size() != points->size(),
            .full_width = false,
            .wrapped = bare.size() != inner.size()};
}

Tidied tidy_code(std::string_view text) {
    Tidied tidied = tidy(text);
    auto points = from_utf8(tidied.text);
    if (!points) return tidied;
    tidied.blanks |= std::erase_if(*points, is_invisible) != 0;
    for (char32_t& c : *points) {
        if (c < 0xFF01 || c > 0xFF5E) continue;  // the full-width forms of ASCII
        c -= 0xFF01 - U'!';
        tidied.full_width = true;
    }
    tidied.text = to_utf8(*points);
    return tidied;
}

bool is_scientific(std::string_view text) {
    std::size_t const e = text.find_first_of("eE");
    if (e == 0 || e == std::string_view::npos || e + 1 == text.size()) return false;
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    std::string_view const mantissa = text.substr(0, e);
    std::string_view power = text.substr(e + 1);
    if (power.front() != '+') return false;
    power.remove_prefix(1);
    return !power.empty() && std::ranges::all_of(power, is_digit) && is_digit(mantissa.front()) &&
           std::ranges::all_of(mantissa, [&](char c) { return is_digit(c) || c == '.'; });
}

}  // namespace sponsio::sheet
