#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace sponsio {

/// The user that a child process becomes.
struct OsUser {
    uid_t uid;
    gid_t gid;
    std::string name;
    std::vector<gid_t> groups;

    /// Nothing if the system has no such user.
    static std::optional<OsUser> named(std::string const& name);
    static std::optional<OsUser> with_uid(uid_t uid);
};

/// What a child may use at most; it is killed when it would use more.
struct ProcessLimits {
    std::uint64_t memory;                ///< bytes of address space
    std::uint64_t output;                ///< bytes of any file that it writes
    std::chrono::seconds processor;      ///< time of a processor
    std::chrono::milliseconds patience;  ///< time until it has ended
};

struct Command {
    std::vector<std::string> argv;           ///< argv[0] is a path, or a name to be looked for in PATH
    std::vector<std::string> environment{};  ///< "NAME=value", besides or instead of this process's own
    bool inherit_environment = false;
    std::string input{};                    ///< standard input
    std::optional<OsUser> user{};           ///< needs root
    std::filesystem::path directory{};      ///< to work in; empty: unchanged
    std::optional<ProcessLimits> limits{};  ///< patience is that of run_process() only
};

struct Finished {
    int exit_code;       ///< 127: could not be started; 128 + n: killed by signal n
    std::string output;  ///< standard output and standard error together
};

/// Runs the command to its end.
Finished run_process(Command const& command);

/// Starts the command and returns at once; its output goes to the caller's descriptor. It gets a session of
/// its own, so that Ctrl-C in a terminal does not reach it, and receives `signal_on_parent_death` when the
/// *thread* that called this ends. Returns -1 if fork failed.
pid_t start_process(Command const& command, int output, int signal_on_parent_death);

/// The first directory on PATH that has this program; empty if none has.
std::filesystem::path find_on_path(std::string const& program);

/// The exit code, as in Finished, of a status from waitpid().
int exit_code_of(int wait_status);

}  // namespace sponsio
