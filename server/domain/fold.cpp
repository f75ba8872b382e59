#include "server/domain/fold.hpp"

#include "server/domain/simplified_pairs.hpp"
#include "text/code_points.hpp"

#include <cstddef>

namespace sponsio::domain {
namespace {

/// U+00C0 to U+00FF without their accents; a blank where the sign is no letter.
constexpr std::u32string_view latin_1 = U"aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";

constexpr bool in_order() {
    for (std::size_t i = 2; i < simplified_pairs.size(); i += 2)
        if (simplified_pairs[i - 2] >= simplified_pairs[i]) return false;
    return simplified_pairs.size() % 2 == 0;
}

static_assert(in_order(), "the pairs are looked up by halving");

/// Signs between the parts of a name that lie outside the blocks of punctuation.
constexpr bool is_dot(char32_t c) {
    return c == 0x2219 || c == 0x22C5 || c == 0x30FB;
}

}  // namespace

char32_t simplified(char32_t c) {
    std::size_t low = 0, high = simplified_pairs.size() / 2;
    while (low != high) {
        std::size_t const middle = (low + high) / 2;
        char32_t const found = simplified_pairs[2 * middle];
        if (found == c) return simplified_pairs[2 * middle + 1];
        (found < c ? low : high) = found < c ? middle + 1 : middle;
    }
    return c;
}

char32_t folded(char32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
    if (c >= U'A' && c <= U'Z') return c - U'A' + U'a';
    if ((c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9')) return c;
    if (c >= 0xC0 && c <= 0xFF) return latin_1[c - 0xC0];
    bool const separator = c < 0xC0 || (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x303F) ||
                           (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0xFF00 && c <= 0xFF65) || c == 0xFEFF ||
                           is_dot(c);
    // U+3007, the zero of names such as 李〇, stands among the signs and is none.
    return separator && c != 0x3007 ? U' ' : simplified(c);
}

std::string searchable_name(std::string_view name) {
    std::u32string form;
    for (char32_t c : from_utf8(name).value_or(std::u32string()))
        if (char32_t const kept = folded(c); kept != U' ') form.push_back(kept);
    return to_utf8(form);
}

}  // namespace sponsio::domain
