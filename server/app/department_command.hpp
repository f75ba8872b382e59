#pragma once

#include <CLI/CLI.hpp>

namespace sponsio::app {

/// department: the reference gateway of a department whose data are asked.
void add_department_command(CLI::App& app);

}  // namespace sponsio::app
