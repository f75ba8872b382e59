#pragma once

#include <CLI/CLI.hpp>

namespace sponsio::app {

/// backup, restore: database and keys as one set.
void add_backup_commands(CLI::App& app);

}  // namespace sponsio::app
