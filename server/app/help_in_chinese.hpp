#pragma once

#include "server/app/cli.hpp"

namespace sponsio::app {

/// Puts the Chinese text in the place of every description of `app`, of its options and of all commands below
/// it, and makes --help write its own words in Chinese. A description that nobody has translated stays
/// English; tests/e2e/test_command_line.py names it.
void help_in_chinese(CLI::App& app);

}  // namespace sponsio::app
