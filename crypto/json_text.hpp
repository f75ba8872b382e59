#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

/// What reader and writer of JSON share: the scan over the text of a string. Internal to this room.
namespace sponsio::crypto::json_text {

/// The length of the UTF-8 sequence of a non-ASCII character that starts at `at` (RFC 3629 §4: no surrogates,
/// no overlong forms, nothing beyond U+10FFFF); 0 when there is none.
inline std::size_t utf8_length(char const* at, char const* end) noexcept {
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

}  // namespace sponsio::crypto::json_text
