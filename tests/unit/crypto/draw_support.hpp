#pragma once

#include "crypto/draw/draw.hpp"

#include <string>
#include <utility>
#include <vector>

namespace sponsio::crypto::draw {

/// A digest that ends with that number.
inline Digest numbered(std::uint8_t last) {
    Digest digest{};
    digest.back() = last;
    return digest;
}

inline std::vector<InspectorRef> refs(std::uint64_t count) {
    std::vector<InspectorRef> out;
    for (std::uint64_t i = 1; i <= count; ++i) out.push_back({i << 56 | i});
    return out;
}

inline Plan plan_of(std::vector<Stratum> strata, unsigned assign = 2, std::uint64_t inspectors = 4) {
    return {.draw_id = "0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b",
            .assign = assign,
            .dice = 4,
            .strata = std::move(strata),
            .inspectors = refs(inspectors)};
}

}  // namespace sponsio::crypto::draw
