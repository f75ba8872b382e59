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

/// A round for Periodic: one step of the log check, or none during a pause, so that the check takes at most a
/// twentieth of a core. It always reports no work done, since the next step can wait.
std::function<Outcome<std::size_t>()> log_check_round(service::LogCheck& check, LogCheckPace pace = {});

}  // namespace sponsio::work
