#pragma once

#include <CLI/CLI.hpp>

namespace sponsio::app {

/// `sponsio witness`: cosigns the checkpoints of logs, a process of its own.
void add_witness_command(CLI::App& app);

}  // namespace sponsio::app
