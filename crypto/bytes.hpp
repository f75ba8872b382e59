#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sponsio::crypto {

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

/// Lower-case hexadecimal. Decoding takes either case and nothing else.
std::string to_hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view text);

/// RFC 4648 §5 without padding (RFC 7515 §2). Decoding is strict: no padding, no white space, no foreign
/// character, and the unused bits of the last character are zero, so every byte string has one spelling.
std::string to_base64url(ByteView bytes);
std::optional<Bytes> from_base64url(std::string_view text);

/// RFC 4648 §4 with padding. Decoding is strict in the same way and needs the padding.
std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

/// Whether both are equal, in a time that depends on their lengths only.
bool equal_constant_time(ByteView a, ByteView b) noexcept;

/// Bytes that are wiped when they go: keys, passphrases. They move and do not copy.
class Secret {
  public:
    Secret() = default;

    explicit Secret(Bytes bytes) noexcept : bytes_(std::move(bytes)) {}

    explicit Secret(ByteView bytes) : bytes_(bytes.begin(), bytes.end()) {}

    Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {}

    Secret& operator=(Secret&& other) noexcept;
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;

    ~Secret() { wipe(); }

    [[nodiscard]] ByteView view() const noexcept { return bytes_; }

    [[nodiscard]] std::span<std::uint8_t> writable() noexcept { return bytes_; }

    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }

    [[nodiscard]] Secret copy() const { return Secret(view()); }

  private:
    void wipe() noexcept;

    Bytes bytes_;
};

}  // namespace sponsio::crypto
