#include "server/work/clocks.hpp"

namespace sponsio::work {
namespace {

using namespace std::chrono_literals;

constexpr int pages_at_once = 10;
constexpr auto patience = 30s;

}  // namespace

Periodic::Round alarm_rounds(service::ClockService& clocks) {
    return
        [&clocks] { return clocks.sound_alarms(std::chrono::steady_clock::now() + patience, pages_at_once); };
}

Periodic::Round open_end_rounds(service::ClockService& clocks) {
    return [&clocks] {
        return clocks.set_open_ends(std::chrono::steady_clock::now() + patience, pages_at_once);
    };
}

Periodic::Round expiry_rounds(service::ClockService& clocks) {
    return [&clocks] { return clocks.expire_commitments(std::chrono::steady_clock::now() + patience); };
}

}  // namespace sponsio::work
