#include "server/db/cluster_files.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

/// The processes of a private PostgreSQL, and their end.
namespace sponsio::db::detail {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

/// Empty when the process has ended.
std::string command_line(fs::path const& process) {
    std::ifstream in(process / "cmdline", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();  // which, unlike an iterator, does not throw when the process ends meanwhile
    return text.str();
}

/// Compares the arguments with those of EmbeddedCluster: ".../postgres", "-D", data.
bool is_postmaster(std::string_view command, fs::path const& data) {
    std::string const marker = std::string("/postgres\0-D\0", 13) + data.string() + '\0';
    return command.find(marker) != std::string_view::npos;
}

/// Whether this is a child of the postmaster: "postgres: <cluster_name>: checkpointer".
bool is_child(std::string_view command, std::string const& title) {
    return command.starts_with("postgres: " + title + ": ");
}

bool wait_until_gone(ClusterLayout const& layout, std::chrono::milliseconds patience) {
    auto const end = SteadyClock::now() + patience;
    while (!processes_of(layout).empty()) {
        if (SteadyClock::now() >= end) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

}  // namespace

bool says_ready(ClusterLayout const& layout, pid_t postmaster) {
    std::ifstream in(layout.data / "postmaster.pid");
    std::string line;
    if (!std::getline(in, line) || line != std::to_string(postmaster)) return false;
    for (int n = 2; n <= 8; ++n)
        if (!std::getline(in, line)) return false;
    return line.starts_with("ready");
}

std::vector<pid_t> processes_of(ClusterLayout const& layout) {
    std::vector<pid_t> found;
    for (auto const& entry : fs::directory_iterator("/proc")) {
        std::string const name = entry.path().filename();
        pid_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size())
            continue;
        std::string const command = command_line(entry.path());
        if (is_postmaster(command, layout.data))
            found.insert(found.begin(), pid);
        else if (is_child(command, layout.title))
            found.push_back(pid);
    }
    return found;
}

bool stop_leftovers(ClusterLayout const& layout, std::chrono::seconds patience) {
    // Fast shutdown first; children without a postmaster end by themselves. Then SIGQUIT and SIGKILL.
    struct Step {
        int signal;
        bool postmaster_only;
        std::chrono::milliseconds patience;
    };

    for (Step const step :
         {Step{SIGINT, true, patience}, Step{SIGQUIT, false, 10s}, Step{SIGKILL, false, 10s}}) {
        auto const left = processes_of(layout);
        if (left.empty()) break;
        bool const has_postmaster =
            is_postmaster(command_line(fs::path("/proc") / std::to_string(left[0])), layout.data);
        for (pid_t pid : left)
            if (!step.postmaster_only || (has_postmaster && pid == left[0])) kill(pid, step.signal);
        if (wait_until_gone(layout, step.patience)) break;
    }
    if (!processes_of(layout).empty()) return false;
    // These files name a process id that may belong to another process by now, or to a dead one not yet
    // reaped; PostgreSQL would take either for a running postmaster.
    std::error_code ignored;
    fs::remove(layout.data / "postmaster.pid", ignored);
    fs::remove(layout.sockets / ".s.PGSQL.5432.lock", ignored);
    return true;
}

}  // namespace sponsio::db::detail
