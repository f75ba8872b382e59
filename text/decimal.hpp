#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace sponsio {

/// A number as the C2SP log formats spell it: decimal digits without leading zeros.
inline std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The same in a type of fewer bits; nothing beyond its largest value.
template <std::integral Number>
std::optional<Number> parse_decimal_as(std::string_view text) noexcept {
    auto const value = parse_decimal(text);
    if (!value || !std::in_range<Number>(*value)) return std::nullopt;
    return static_cast<Number>(*value);
}

/// A whole number as a person types it on a command line: decimal digits, of which the first may be zeros
/// (`010` is ten and never eight). No sign, no blank, no `0x`, no `1e3`, nothing beyond 64 bits.
inline std::optional<std::uint64_t> parse_typed_number(std::string_view text) noexcept {
    if (text.empty()) return std::nullopt;
    std::size_t const first = std::min(text.find_first_not_of('0'), text.size() - 1);
    return parse_decimal(text.substr(first));
}

}  // namespace sponsio
