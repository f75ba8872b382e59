#pragma once

#include <string>

namespace sponsio::app {

/// What `sponsio` ends with. From 64 on they are those of sysexits.h, so that a unit file can say which are
/// not worth a new start (`RestartPreventExitStatus=64 66 73 78`). docs/exit-codes.md is printed from these.
enum class ExitCode {
    done = 0,
    no = 1,              ///< looked, and the answer is no; or what was asked for is refused
    usage = 64,          ///< the command line cannot be read
    nothing_there = 66,  ///< no store or no such file at that place; nothing was made there
    unavailable = 69,    ///< something outside cannot be reached or used now; mended there, a new start helps
    internal = 70,       ///< a fault of the program
    would_overwrite = 73,  ///< something is there already; nothing of it was changed
    configuration = 78,    ///< what is configured, or the store as it is, cannot be served
};

/// docs/exit-codes.md.
std::string exit_codes_document();

}  // namespace sponsio::app
