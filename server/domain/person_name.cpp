#include "server/domain/person_name.hpp"

#include "text/code_points.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace sponsio::domain {
namespace {

constexpr std::size_t longest_name = 200;
constexpr char32_t middle_dot = 0xB7;

/// Characters that keyboards and older systems use for U+00B7.
constexpr char32_t dot_lookalikes[] = {0x2022, 0x2027, 0x2219, 0x22C5, 0x30FB, 0xFF65, 0xFF0E};

/// ASCII characters that occur in no name. `/` and `@` do, in Malaysian passports.
constexpr std::u32string_view foreign_signs = U"!\"#$%&*+:;<=>?[\\]^_{|}~";

constexpr bool is_invisible(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF;
}

/// Whether a code point has no meaning that all machines share: private use (GB 18030-2022 moved the name
/// characters that once lived there), noncharacters, specials, unassigned planes, tags.
constexpr bool is_unshared(char32_t c) {
    return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xFDD0 && c <= 0xFDEF) || (c >= 0xFFF0 && c <= 0xFFFF) ||
           (c & 0xFFFE) == 0xFFFE || c >= 0x40000;
}

/// Whether a code point is an arrow, box, dingbat, emoji or placeholder for a
/// character that could not be typed.
constexpr bool is_pictorial(char32_t c) {
    return (c >= 0x2190 && c <= 0x2BFF) || (c >= 0x1F000 && c <= 0x1FAFF) || c == 0x3013;
}

bool is_letter(char32_t c) {
    return (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z') || c >= 0xC0;
}

void unify_signs(std::u32string& text) {
    for (char32_t& c : text) {
        if (is_blank(c))
            c = U' ';
        else if (std::ranges::find(dot_lookalikes, c) != std::end(dot_lookalikes))
            c = middle_dot;
    }
}

/// Keeps single blanks between words; removes those at the ends, beside a middle dot
/// and between two Han characters.
std::u32string without_layout(std::u32string_view text) {
    std::u32string kept;
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (text[i] != U' ') {
            kept.push_back(text[i]);
            continue;
        }
        std::size_t const next = text.find_first_not_of(U' ', i);
        if (kept.empty() || next == std::u32string_view::npos) continue;
        char32_t const before = kept.back(), after = text[next];
        bool const layout = before == U' ' || before == middle_dot || after == middle_dot ||
                            (is_han(before) && is_han(after));
        if (!layout) kept.push_back(U' ');
    }
    return kept;
}

void raise_dots_between_han(std::u32string& text) {
    for (std::size_t i = 1; i + 1 < text.size(); ++i)
        if (text[i] == U'.' && is_han(text[i - 1]) && is_han(text[i + 1])) text[i] = middle_dot;
}

bool dots_stand_well(std::u32string_view text) {
    if (text.front() == middle_dot || text.back() == middle_dot) return false;
    return text.find(std::u32string{middle_dot, middle_dot}) == std::u32string_view::npos;
}

/// The number of parts that an ideographic description character combines; 0 for any other character.
constexpr int parts_of(char32_t c) {
    if (c == 0x2FF2 || c == 0x2FF3) return 3;
    if (c == 0x2FFE || c == 0x2FFF) return 1;
    if ((c >= 0x2FF0 && c <= 0x2FFD) || c == 0x31EF) return 2;
    return 0;
}

/// Strokes and radicals can be parts of a character too.
bool is_part(char32_t c) {
    return is_han(c) || (c >= 0x2E80 && c <= 0x2FDF) || (c >= 0x31C0 && c <= 0x31E3);
}

/// The position after the description that begins at `at`; nothing if it is incomplete.
std::optional<std::size_t> past_description(std::u32string_view text, std::size_t at) {
    for (int wanted = 1; wanted > 0; ++at) {
        if (at == text.size()) return std::nullopt;
        int const parts = parts_of(text[at]);
        if (parts == 0 && !is_part(text[at])) return std::nullopt;
        wanted += parts - 1;
    }
    return at;
}

bool descriptions_are_whole(std::u32string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        auto const past = parts_of(text[at]) != 0 ? past_description(text, at) : at + 1;
        if (!past) return false;
        at = *past;
    }
    return true;
}

}  // namespace

Checked<std::string> parse_person_name(std::string_view given) {
    auto decoded = from_utf8(given);
    if (!decoded) return &reason::bad_format;
    unify_signs(*decoded);
    std::u32string name = without_layout(*decoded);
    raise_dots_between_han(name);
    if (name.empty()) return &reason::empty;
    if (name.size() > longest_name) return &reason::too_long;
    for (char32_t c : name)
        if (is_invisible(c) || is_unshared(c) || is_pictorial(c) ||
            foreign_signs.find(c) != std::u32string_view::npos)
            return &reason::bad_character;
    if (!dots_stand_well(name) || !descriptions_are_whole(name) || std::ranges::none_of(name, is_letter))
        return &reason::bad_format;
    return to_utf8(name);
}

Checked<std::string> parse_organisation_name(std::string_view given) {
    auto decoded = from_utf8(given);
    if (!decoded) return &reason::bad_format;
    auto const first = std::ranges::find_if_not(*decoded, is_blank);
    auto const past = std::ranges::find_if_not(decoded->rbegin(), decoded->rend(), is_blank).base();
    if (first == decoded->end()) return &reason::empty;
    std::u32string const name(first, past);
    if (name.size() > longest_name) return &reason::too_long;
    for (char32_t c : name)
        if (is_invisible(c) || is_unshared(c)) return &reason::bad_character;
    if (std::ranges::none_of(name, is_letter)) return &reason::bad_format;
    return to_utf8(name);
}

}  // namespace sponsio::domain
