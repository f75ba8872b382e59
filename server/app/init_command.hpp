#pragma once

#include <CLI/CLI.hpp>

namespace sponsio::app {

/// init: the one way besides `serve` in which a store comes to be.
void add_init_command(CLI::App& app);

}  // namespace sponsio::app
