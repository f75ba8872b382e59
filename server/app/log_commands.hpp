#pragma once

#include <CLI/CLI.hpp>

namespace sponsio::app {

/// `sponsio log list|check|thaw`: what the operator does with the log itself.
void add_log_commands(CLI::App& app);

}  // namespace sponsio::app
