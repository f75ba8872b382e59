#include "server/domain/subscription.hpp"

namespace sponsio::domain {
namespace {

using S = SubscriptionState;
using E = SubscriptionEvent;

constexpr SubscriptionLifecycle::Row rows[] = {
    {S::active, E::disable, S::disabled},
    {S::disabled, E::resume, S::active},
    {S::active, E::end, S::ended},
    {S::disabled, E::end, S::ended},
};

}  // namespace

SubscriptionLifecycle const subscription_lifecycle{"subscription", SubscriptionState::active, rows};

std::optional<std::chrono::seconds> pause_after(int attempts) {
    using namespace std::chrono_literals;
    constexpr std::array<std::chrono::seconds, 9> pauses{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
    if (attempts < 1 || static_cast<std::size_t>(attempts) > pauses.size()) return std::nullopt;
    return pauses[static_cast<std::size_t>(attempts) - 1];
}

}  // namespace sponsio::domain
