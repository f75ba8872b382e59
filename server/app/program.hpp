#pragma once

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace sponsio::app {

/// The whole command line of `sponsio`.
std::unique_ptr<CLI::App> command_line();

/// Parses, hands over, and turns whatever goes wrong into a sentence on standard error and an ExitCode.
int run_program(std::vector<std::string> arguments);

}  // namespace sponsio::app
