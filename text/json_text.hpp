#pragma once

#include "text/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

/// What reader and writer of JSON share: the scan over the text of a string. Internal to this room.
namespace sponsio::json::text {

/// Whether an ASCII character can stand in a JSON string as it is.
inline bool is_plain(char c) noexcept {
    auto const byte = static_cast<std::uint8_t>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

/// Whether all of eight bytes are plain ASCII characters.
inline bool eight_plain(char const* at) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = 0x80 * ones;
    std::uint64_t w = 0;
    std::memcpy(&w, at, 8);
    std::uint64_t const quote = w ^ ('"' * ones);
    std::uint64_t const backslash = w ^ ('\\' * ones);
    // (x - 1) & ~x has a high bit where a byte of x is zero; with 0x20 for 1, where it is below 0x20.
    std::uint64_t const odd =
        ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | (w - 0x20 * ones) | w;
    return (odd & highs) == 0;
}

/// Skips what can stand in a JSON string as it is: plain ASCII and whole UTF-8 sequences. What it stops at is
/// the end, a quote, a backslash, a control character or a byte that is not UTF-8.
inline char const* skip_plain(char const* at, char const* end) noexcept {
    while (at != end) {
        while (end - at >= 8 && eight_plain(at)) at += 8;
        while (at != end && is_plain(*at)) ++at;
        if (at == end || static_cast<std::uint8_t>(*at) < 0x80) return at;
        do {
            std::size_t const length = utf8_length(at, end);
            if (length == 0) return at;
            at += length;
        } while (at != end && static_cast<std::uint8_t>(*at) >= 0x80);
    }
    return at;
}

}  // namespace sponsio::json::text
