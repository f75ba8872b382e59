#include "server/service/unit/errand.hpp"

#include <algorithm>

namespace sponsio::service {

std::chrono::milliseconds spread_pause(std::chrono::milliseconds pause, std::chrono::milliseconds longest,
                                       int thousandths, crypto::Entropy& entropy) {
    std::int64_t const whole = std::min(pause, longest).count();
    auto const random = entropy.array<2>();
    std::int64_t const spread = (random[0] * 256 + random[1]) % (2 * thousandths + 1) - thousandths;
    return std::chrono::milliseconds(whole + whole * spread / 1000);
}

}  // namespace sponsio::service
