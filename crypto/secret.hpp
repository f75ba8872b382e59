#pragma once

#include "text/bytes.hpp"

#include <cstdint>
#include <span>

namespace sponsio::crypto {

/// Whether both are equal, in a time that depends on their lengths only.
bool equal_constant_time(ByteView a, ByteView b) noexcept;

/// Sets memory of this process apart for secrets: never swapped out, in no core dump, between pages that
/// nothing may touch. Once, before there are secrets.
void lock_secrets();
/// False before lock_secrets(), and if the system would not lock so much (RLIMIT_MEMLOCK).
[[nodiscard]] bool secrets_are_locked() noexcept;

/// Bytes that are wiped when they are destroyed, in the memory of lock_secrets() as long as that has room:
/// keys, passphrases. They move and do not copy.
class Secret {
  public:
    Secret() = default;

    /// Wipes what it was made of.
    explicit Secret(Bytes bytes);
    explicit Secret(ByteView bytes);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;
    ~Secret();

    [[nodiscard]] ByteView view() const noexcept { return {bytes_, size_}; }

    [[nodiscard]] std::span<std::uint8_t> writable() noexcept { return {bytes_, size_}; }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    [[nodiscard]] Secret copy() const { return Secret(view()); }

    /// Whether the bytes lie in the memory of lock_secrets().
    [[nodiscard]] bool is_set_apart() const noexcept;

  private:
    std::uint8_t* bytes_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace sponsio::crypto
