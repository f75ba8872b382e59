#include "text/bytes.hpp"

#include <array>

namespace sponsio {
namespace {

constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view plain_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t foreign = 0xFF;

using Reverse = std::array<std::uint8_t, 256>;

constexpr Reverse reverse_of(std::string_view alphabet) {
    Reverse table{};
    table.fill(foreign);
    for (std::size_t i = 0; i != alphabet.size(); ++i)
        table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return table;
}

constexpr Reverse url_reverse = reverse_of(url_alphabet);
constexpr Reverse plain_reverse = reverse_of(plain_alphabet);

std::string encode64(ByteView bytes, std::string_view alphabet) {
    std::string out((bytes.size() * 4 + 2) / 3, '\0');
    std::size_t at = 0;
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        std::uint32_t const group =
            std::uint32_t{bytes[i]} << 16 | std::uint32_t{bytes[i + 1]} << 8 | bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) out[at++] = alphabet[group >> shift & 63];
    }
    std::size_t const rest = bytes.size() - i;
    if (rest == 0) return out;
    std::uint32_t const group =
        std::uint32_t{bytes[i]} << 16 | (rest == 2 ? std::uint32_t{bytes[i + 1]} << 8 : 0U);
    for (int shift = 18; at != out.size(); shift -= 6) out[at++] = alphabet[group >> shift & 63];
    return out;
}

std::optional<Bytes> decode64(std::string_view text, Reverse const& reverse) {
    std::size_t const rest = text.size() % 4;
    if (rest == 1) return std::nullopt;
    Bytes out(text.size() * 3 / 4);
    std::size_t at = 0;
    std::uint32_t group = 0;
    std::uint8_t seen = 0;
    std::size_t i = 0;
    auto const value = [&](std::size_t k) {
        std::uint8_t const v = reverse[static_cast<std::uint8_t>(text[k])];
        seen |= v;
        return std::uint32_t{v};
    };
    for (; i + 4 <= text.size(); i += 4) {
        group = value(i) << 18 | value(i + 1) << 12 | value(i + 2) << 6 | value(i + 3);
        out[at++] = static_cast<std::uint8_t>(group >> 16);
        out[at++] = static_cast<std::uint8_t>(group >> 8);
        out[at++] = static_cast<std::uint8_t>(group);
        if (seen & 0xC0) return std::nullopt;
    }
    if (rest == 0) return out;
    group = value(i) << 18 | value(i + 1) << 12 | (rest == 3 ? value(i + 2) << 6 : 0U);
    if (seen & 0xC0) return std::nullopt;
    out[at++] = static_cast<std::uint8_t>(group >> 16);
    if (rest == 3) out[at++] = static_cast<std::uint8_t>(group >> 8);
    std::uint32_t const unused = rest == 2 ? group & 0xFFFF : group & 0xFF;
    if (unused != 0) return std::nullopt;
    return out;
}

int nibble(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (std::uint8_t const byte : bytes) append_hex(out, byte);
    return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes out(text.size() / 2);
    for (std::size_t i = 0; i != out.size(); ++i) {
        int const high = nibble(text[2 * i]);
        int const low = nibble(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return out;
}

std::string to_base64url(ByteView bytes) {
    return encode64(bytes, url_alphabet);
}

std::optional<Bytes> from_base64url(std::string_view text) {
    return decode64(text, url_reverse);
}

std::string to_base64(ByteView bytes) {
    std::string out = encode64(bytes, plain_alphabet);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i != 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return decode64(text, plain_reverse);
}

}  // namespace sponsio
