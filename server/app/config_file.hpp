#pragma once

#include "server/app/cli.hpp"

#include <string>

/// The configuration file of `sponsio serve`: one `option = value` a line, `#` before a comment, no quoting.
/// An option that may be repeated stands on several lines; a flag is `name = true`.
namespace sponsio::app {

/// Gives `command` the values of the file for what the command line left open. CommandFailed, with file and
/// line, for whatever is not exactly an option of `serve` with an acceptable value.
void fill_from_config(CLI::App& command, std::string const& file, ConfigUse use);

/// A file with every option of `serve`, each commented out under what it means. Made from the options
/// themselves, so that it cannot be behind them.
std::string sample_config(CLI::App const& serve);

}  // namespace sponsio::app
