#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<std::uint8_t const>;

/// The same memory seen as bytes, or as text.
inline ByteView as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) noexcept {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

inline std::string to_string(ByteView bytes) {
    return std::string(as_text(bytes));
}

inline Bytes to_bytes(ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}

inline Bytes to_bytes(std::string_view text) {
    return to_bytes(as_bytes(text));
}

inline constexpr std::string_view hex_digits = "0123456789abcdef";

/// Appends a byte as its two lower-case hexadecimal digits.
inline void append_hex(std::string& out, std::uint8_t byte) {
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
}

/// Whether every character is a hexadecimal digit, letters in lower case; true for an empty text.
constexpr bool is_lower_hex(std::string_view text) noexcept {
    return text.find_first_not_of(hex_digits) == std::string_view::npos;
}

/// Lower-case hexadecimal. Decoding takes either case and nothing else.
std::string to_hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view text);

/// RFC 4648 §5 without padding (RFC 7515 §2). Decoding is strict: no padding, no white space, no foreign
/// character, and the unused bits of the last character are zero, so every byte string has one spelling.
std::string to_base64url(ByteView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

/// RFC 4648 §4 with padding. Decoding is as strict as for base64url, and the padding is required.
std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace sponsio
