#pragma once

#include <CLI/CLI.hpp>

namespace sponsio::app {

/// `sponsio key list|create|rotate`.
void add_key_commands(CLI::App& app);

}  // namespace sponsio::app
