#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sponsio::crypto {

/// A number as the C2SP log formats spell it: decimal digits without leading zeros. Internal to this room.
inline std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
    if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace sponsio::crypto
