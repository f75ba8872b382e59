#pragma once

#include "text/bytes.hpp"

#include <array>

namespace sponsio::crypto {

/// A source of unpredictable bytes. A seam: tests put a fixed stream in its place.
class Entropy {
  public:
    virtual ~Entropy() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;

    template <std::size_t N>
    std::array<std::uint8_t, N> array() {
        std::array<std::uint8_t, N> out;
        fill(out);
        return out;
    }
};

/// OpenSSL's generator with a small buffer per thread, since most requests are for 16 to 32 bytes. May be
/// used from any thread and after fork. Throws Failure when the generator cannot be seeded.
class SystemEntropy final : public Entropy {
  public:
    void fill(std::span<std::uint8_t> out) override;
};

Entropy& system_entropy();

}  // namespace sponsio::crypto
