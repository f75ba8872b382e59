#pragma once

#include <cstddef>

namespace sponsio::app {

/// Asks the system for as many open files as it may give (RLIMIT_NOFILE), and says how many of `wanted`
/// connections fit beside what else the process has open: at a full table of files nothing works any more,
/// not even a refusal.
[[nodiscard]] std::size_t connections_that_fit(std::size_t wanted);

}  // namespace sponsio::app
