#pragma once

#include <CLI/CLI.hpp>

namespace sponsio::app {

/// `sponsio platform`: the reference platform, a process of its own.
void add_platform_command(CLI::App& app);

}  // namespace sponsio::app
