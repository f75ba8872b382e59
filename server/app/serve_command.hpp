#pragma once

#include "server/app/serve_options.hpp"

#include <CLI/CLI.hpp>

namespace sponsio::app {

/// Every option of `serve`, for that command and for `doctor`, which looks at the same ones.
void add_serve_options(CLI::App& command, ServeOptions& options);

}  // namespace sponsio::app
