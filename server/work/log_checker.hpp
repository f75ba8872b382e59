#pragma once

#include "server/service/log/check.hpp"

#include <chrono>
#include <cstddef>
#include <functional>

namespace sponsio::work {

struct LogCheckPace {
    unsigned rest = 19;                     ///< times as long as the last step took
    std::chrono::seconds between_walks{5};  ///< at least
};

/// A round for Periodic: one step of the check, or none while it rests; so the check takes a twentieth of a
/// core at most, and filing hardly feels it. Always as if there were nothing to do: the next step can wait.
std::function<Outcome<std::size_t>()> log_check_round(service::LogCheck& check, LogCheckPace pace = {});

}  // namespace sponsio::work
