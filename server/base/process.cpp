#include "server/base/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace sponsio {
namespace {

/// A file in memory as a standard stream, so that no thread has to pump a pipe.
class MemoryFile {
  public:
    MemoryFile() : fd_(memfd_create("sponsio", MFD_CLOEXEC)) {
        if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
    }

    ~MemoryFile() { close(fd_); }

    MemoryFile(MemoryFile const&) = delete;
    MemoryFile& operator=(MemoryFile const&) = delete;

    void fill(std::string_view text) const {
        while (!text.empty()) {
            ssize_t const n = write(fd_, text.data(), text.size());
            if (n < 0) throw std::system_error(errno, std::generic_category(), "write");
            text.remove_prefix(static_cast<std::size_t>(n));
        }
        lseek(fd_, 0, SEEK_SET);
    }

    [[nodiscard]] std::string content() const {
        lseek(fd_, 0, SEEK_SET);
        std::string text;
        std::array<char, 4096> buffer;
        for (ssize_t n = 0; (n = read(fd_, buffer.data(), buffer.size())) > 0;)
            text.append(buffer.data(), static_cast<std::size_t>(n));
        return text;
    }

    [[nodiscard]] int fd() const noexcept { return fd_; }

  private:
    int fd_;
};

/// The data for the child, made before the fork: afterwards another thread may hold the allocator's lock.
struct Prepared {
    explicit Prepared(Command const& command)
        : program(command.argv.at(0)), directory(command.directory.string()) {
        if (program.find('/') == std::string::npos) program = find_on_path(program) / program;
        for (auto const& argument : command.argv) argv.push_back(const_cast<char*>(argument.c_str()));
        argv.push_back(nullptr);
        // The first of two equal names wins for getenv, so ours come first.
        for (auto const& variable : command.environment) envp.push_back(const_cast<char*>(variable.c_str()));
        for (char** own = environ; command.inherit_environment && *own != nullptr; ++own)
            envp.push_back(*own);
        envp.push_back(nullptr);
        if (command.user) user = &*command.user;
        if (command.limits) limits = &*command.limits;
    }

    std::string program;
    std::string directory;
    std::vector<char*> argv;
    std::vector<char*> envp;
    OsUser const* user = nullptr;
    ProcessLimits const* limits = nullptr;
};

/// Raw system calls: glibc's wrappers synchronise with all other threads, which the child does not have.
bool become(OsUser const& user) {
    return syscall(SYS_setgroups, user.groups.size(), user.groups.data()) == 0 &&
           syscall(SYS_setgid, user.gid) == 0 && syscall(SYS_setuid, user.uid) == 0;
}

void reset_signals() {
    for (int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2})
        std::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Asks for a signal when the parent's thread ends. To be called after become(), which would clear it.
bool tie_to(pid_t parent, int signal) {
    prctl(PR_SET_PDEATHSIG, signal);
    return getppid() == parent;  // else it ended before the line above
}

bool limit(int resource, std::uint64_t most) {
    rlimit64 const both{most, most};
    return syscall(SYS_prlimit64, 0, resource, &both, nullptr) == 0;
}

bool keep_to(ProcessLimits const& limits) {
    return limit(RLIMIT_AS, limits.memory) && limit(RLIMIT_FSIZE, limits.output) &&
           limit(RLIMIT_CPU, static_cast<std::uint64_t>(limits.processor.count())) && limit(RLIMIT_CORE, 0) &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/// Waits for the child to end, and kills it when it takes longer.
void wait_or_kill(pid_t child, std::chrono::milliseconds patience) {
    auto const handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    if (handle < 0) return;  // a kernel before 5.3: its processor time is limited all the same
    pollfd ended{.fd = handle, .events = POLLIN, .revents = 0};
    auto const end = std::chrono::steady_clock::now() + patience;
    for (bool waiting = true; waiting;) {
        auto const left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        waiting = poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0))) < 0;
    }
    if (ended.revents == 0) kill(child, SIGKILL);
    close(handle);
}

/// Runs in the child, between fork and exec: system calls only.
[[noreturn]] void turn_into(Prepared const& what, int input, int output, pid_t tied_to, int tie_signal) {
    reset_signals();
    bool const ready = dup2(input, 0) == 0 && dup2(output, 1) == 1 && dup2(output, 2) == 2 &&
                       (what.user == nullptr || become(*what.user)) &&
                       (tie_signal == 0 || tie_to(tied_to, tie_signal)) &&
                       (what.directory.empty() || chdir(what.directory.c_str()) == 0) &&
                       (what.limits == nullptr || keep_to(*what.limits));
    if (ready) {
        syscall(SYS_close_range, 3U, ~0U, 0U);
        execve(what.program.c_str(), what.argv.data(), what.envp.data());
    }
    _exit(127);
}

std::optional<OsUser> from_entry(passwd const* entry) {
    if (entry == nullptr) return std::nullopt;
    OsUser user{entry->pw_uid, entry->pw_gid, entry->pw_name, std::vector<gid_t>(64)};
    int count = static_cast<int>(user.groups.size());
    if (getgrouplist(entry->pw_name, entry->pw_gid, user.groups.data(), &count) < 0)
        user.groups.assign(1, entry->pw_gid);
    else
        user.groups.resize(static_cast<std::size_t>(count));
    return user;
}

}  // namespace

std::optional<OsUser> OsUser::named(std::string const& name) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer;
    getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    return from_entry(found);
}

std::optional<OsUser> OsUser::with_uid(uid_t uid) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer;
    getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    return from_entry(found);
}

int exit_code_of(int wait_status) {
    if (WIFEXITED(wait_status)) return WEXITSTATUS(wait_status);
    return 128 + (WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0);
}

Finished run_process(Command const& command) {
    MemoryFile const input, output;
    input.fill(command.input);
    Prepared const prepared(command);
    pid_t const child = fork();
    if (child == 0) turn_into(prepared, input.fd(), output.fd(), 0, 0);
    if (child < 0) return {127, "fork failed"};
    if (command.limits) wait_or_kill(child, command.limits->patience);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return {exit_code_of(status), output.content()};
}

pid_t start_process(Command const& command, int output, int signal_on_parent_death) {
    MemoryFile const input;
    input.fill(command.input);
    Prepared const prepared(command);
    pid_t const parent = getpid();
    pid_t const child = fork();
    if (child != 0) return child;
    setsid();
    turn_into(prepared, input.fd(), output, parent, signal_on_parent_death);
}

std::filesystem::path find_on_path(std::string const& program) {
    char const* const path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
    while (!rest.empty()) {
        std::string_view const directory = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
        auto const candidate = std::filesystem::path(directory) / program;
        if (access(candidate.c_str(), X_OK) == 0) return directory;
    }
    return {};
}

}  // namespace sponsio
