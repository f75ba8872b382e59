#pragma once

#include "text/bytes.hpp"
#include "text/decimal.hpp"
#include "text/result.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The spelling that pool files and statements share. Internal to this room.
namespace sponsio::crypto::draw {

inline bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

inline bool is_lower_letter(char c) noexcept {
    return c >= 'a' && c <= 'z';
}

inline bool is_uuid(std::string_view text) noexcept {
    static constexpr std::string_view form = "00000000-0000-0000-0000-000000000000";
    if (text.size() != form.size()) return false;
    for (std::size_t i = 0; i != form.size(); ++i)
        if (form[i] == '-' ? text[i] != '-' : !is_lower_hex(text.substr(i, 1))) return false;
    return true;
}

inline bool is_stratum_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 40 &&
           std::ranges::all_of(text, [](char c) { return is_lower_letter(c) || is_digit(c) || c == '-'; });
}

inline bool is_source_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 100 && std::ranges::all_of(text, [](char c) {
        return is_lower_letter(c) || is_digit(c) || c == '-' || c == '.';
    });
}

/// Bytes in lower-case hexadecimal, without allocating.
template <std::size_t Size>
class Hex {
  public:
    explicit Hex(std::uint8_t const* bytes) noexcept {
        static constexpr std::string_view digits = "0123456789abcdef";
        for (std::size_t i = 0; i != Size; ++i) {
            text_[2 * i] = digits[bytes[i] >> 4];
            text_[2 * i + 1] = digits[bytes[i] & 15];
        }
    }

    [[nodiscard]] std::string_view view() const noexcept { return {text_, 2 * Size}; }

  private:
    char text_[2 * Size];
};

/// The number in the spelling of parse_decimal, if it is at most `most`.
inline std::optional<std::uint64_t> number_up_to(std::string_view text, std::uint64_t most) noexcept {
    auto const value = parse_decimal(text);
    return value && *value <= most ? value : std::nullopt;
}

/// Cuts the text before the next `mark`, and the mark, off the front; the whole text if there is no mark.
inline std::string_view take_until(std::string_view& text, char mark) noexcept {
    auto const at = text.find(mark);
    std::string_view const out = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return out;
}

inline Error refusal(std::string_view code, std::string message, std::string where = {}) {
    return {code, std::move(message), std::move(where), 0};
}

}  // namespace sponsio::crypto::draw
