#include "server/work/log_checker.hpp"

namespace sponsio::work {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto patience = 30s;

}  // namespace

std::function<Outcome<std::size_t>()> log_check_round(service::LogCheck& check, LogCheckPace pace) {
    return [&check, pace, rested = Clock::time_point{}]() mutable -> Outcome<std::size_t> {
        auto const begin = Clock::now();
        if (begin < rested) return std::size_t{0};
        auto const look = check.look(begin + patience);
        if (!look) return look.error();
        auto const end = Clock::now();
        rested = end + (end - begin) * pace.rest;
        if (look->end) rested = std::max(rested, end + pace.between_walks);
        return std::size_t{0};
    };
}

}  // namespace sponsio::work
