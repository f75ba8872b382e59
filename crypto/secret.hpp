#pragma once

#include "text/bytes.hpp"

#include <cstdint>
#include <span>
#include <utility>

namespace sponsio::crypto {

/// Whether both are equal, in a time that depends on their lengths only.
bool equal_constant_time(ByteView a, ByteView b) noexcept;

/// Bytes that are wiped when they are destroyed: keys, passphrases. They move and do not copy.
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
