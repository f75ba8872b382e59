#include "server/db/cluster_files.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace sponsio::db::detail {
namespace {

namespace fs = std::filesystem;

/// sun_path holds 108 bytes with its NUL; PostgreSQL adds "/.s.PGSQL.5432".
constexpr std::size_t longest_socket_directory = 107 - 14;

std::string hash_of(std::string_view text) {
    std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
    for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    char out[17];
    std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(hash));
    return out;
}

std::string read_file(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

fs::path short_directory(std::string const& title) {
    char const* const runtime = std::getenv("XDG_RUNTIME_DIR");
    bool const usable = runtime != nullptr && geteuid() != 0 && access(runtime, W_OK) == 0 &&
                        std::strlen(runtime) + 1 + title.size() <= longest_socket_directory;
    return fs::path(usable ? runtime : "/tmp") / title;
}

Fault operator_fault(std::string en, std::string zh) {
    return fault(problem::unavailable, std::move(en), std::move(zh));
}

/// The first directory from the root down that the user cannot enter; empty if there is none. Judged by mode
/// bits alone, for the message.
fs::path closed_ancestor(fs::path const& path, OsUser const& user) {
    fs::path at;
    for (auto const& part : path) {
        at /= part;

        struct stat info {};

        if (stat(at.c_str(), &info) != 0) return at;
        bool const in_group =
            std::find(user.groups.begin(), user.groups.end(), info.st_gid) != user.groups.end();
        mode_t const bit = info.st_uid == user.uid ? S_IXUSR : in_group ? S_IXGRP : S_IXOTH;
        if ((info.st_mode & bit) == 0) return at;
    }
    return {};
}

int major_of(std::string_view text) {
    auto const digit = text.find_first_of("0123456789");
    return digit == std::string_view::npos ? 0 : std::atoi(text.data() + digit);
}

/// Takes the lock; a holder that is just ending is given a moment.
bool lock_within(int fd, std::chrono::milliseconds patience) {
    auto const until = std::chrono::steady_clock::now() + patience;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
}

}  // namespace

ClusterLayout layout_of(fs::path const& data_directory) {
    ClusterLayout layout;
    layout.root = fs::weakly_canonical(fs::absolute(data_directory));
    layout.data = layout.root / "postgres";
    layout.fresh = layout.root / "postgres.new";
    layout.config = layout.root / "postgres-config";
    layout.log = layout.root / "postgres-start.log";
    layout.lock = layout.root / "postgres.lock";
    layout.title = "sponsio-" + hash_of(layout.data.native());
    layout.sockets = layout.root / "run";
    if (layout.sockets.native().size() > longest_socket_directory)
        layout.sockets = short_directory(layout.title);
    return layout;
}

Outcome<DirectoryLock> DirectoryLock::take(fs::path const& file) {
    int const fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return operator_fault("Cannot write to " + file.string() + ": " + std::strerror(errno) + ".",
                              "无法写入 " + file.string() + "：" + std::strerror(errno) + "。");
    DirectoryLock lock(fd);
    if (!lock_within(fd, std::chrono::seconds(2))) {
        std::string const holder = read_file(file);
        return operator_fault("Another process (pid " + holder + ") is running the database in " +
                                  file.parent_path().string() + ". Stop it, or choose another --data.",
                              "另一进程（pid " + holder + "）正在使用 " + file.parent_path().string() +
                                  " 中的数据库。请先停止该进程，或指定其他 --data 目录。");
    }
    std::string const pid = std::to_string(getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0)
        return operator_fault("Cannot write to " + file.string() + ".", "无法写入 " + file.string() + "。");
    return lock;
}

DirectoryLock::~DirectoryLock() {
    if (fd_ < 0) return;
    flock(fd_, LOCK_UN);  // also where a child that has not started its program yet has the descriptor
    close(fd_);
}

Outcome<fs::path> find_binaries(fs::path const& wanted) {
    auto const complete = [](fs::path const& directory) {
        return access((directory / "initdb").c_str(), X_OK) == 0 &&
               access((directory / "postgres").c_str(), X_OK) == 0;
    };
    if (!wanted.empty()) {
        if (complete(wanted)) return wanted;
        return operator_fault("There is no PostgreSQL (initdb, postgres) in " + wanted.string() + ".",
                              wanted.string() + " 中没有 PostgreSQL（initdb、postgres）。");
    }
    for (fs::path const& candidate :
         {fs::path("/usr/lib/postgresql/15/bin"), find_on_path("initdb"), fs::path("/usr/pgsql-15/bin")})
        if (!candidate.empty() && complete(candidate)) return candidate;
    return operator_fault(
        "PostgreSQL 15 is not installed here (initdb, postgres). Install it (Debian: apt install "
        "postgresql-15), "
        "name its place with --pg-bin, or use a server of your own with --database.",
        "本机未安装 PostgreSQL 15（initdb、postgres）。请安装（Debian：apt install postgresql-15），"
        "或用 --pg-bin 指明其位置，或用 --database 使用已有的数据库服务器。");
}

Outcome<void> check_version(ClusterLayout const& layout, fs::path const& bin) {
    int const program = major_of(run_process({.argv = {(bin / "postgres").string(), "--version"}}).output);
    if (program < 15)
        return operator_fault("The PostgreSQL in " + bin.string() + " is older than 15.",
                              bin.string() + " 中的 PostgreSQL 版本低于 15。");
    if (!fs::exists(layout.data)) return {};
    int const stored = major_of(read_file(layout.data / "PG_VERSION"));
    if (stored == program) return {};
    std::string const found = stored == 0 ? "unknown" : std::to_string(stored);
    return operator_fault("The database in " + layout.data.string() + " was made by PostgreSQL " + found +
                              ", but the one in " + bin.string() + " is " + std::to_string(program) +
                              ". Name the right one with --pg-bin, or convert the data with pg_upgrade.",
                          layout.data.string() + " 中的数据库由 PostgreSQL " + found + " 创建，而 " +
                              bin.string() + " 中的版本为 " + std::to_string(program) +
                              "。请用 --pg-bin 指定对应版本，或用 pg_upgrade 转换数据。");
}

Outcome<std::optional<OsUser>> choose_user(ClusterLayout const& layout, std::string const& wanted) {
    struct stat info {};

    bool const exists = stat(layout.data.c_str(), &info) == 0;
    if (geteuid() != 0) {
        if (!exists || info.st_uid == geteuid()) return std::optional<OsUser>{};
        return operator_fault("The database in " + layout.data.string() + " belongs to another user (uid " +
                                  std::to_string(info.st_uid) +
                                  "); start the server as that user or as root.",
                              layout.data.string() + " 中的数据库属于其他用户（uid " +
                                  std::to_string(info.st_uid) + "），请以该用户或 root 启动。");
    }
    std::optional<OsUser> user;
    if (exists && info.st_uid != 0) user = OsUser::with_uid(info.st_uid);
    if (!user && !wanted.empty()) user = OsUser::named(wanted);
    if (!user && wanted.empty()) user = OsUser::named("postgres");
    if (!user && wanted.empty()) user = OsUser::named("nobody");
    if (user && user->uid != 0) return user;
    return operator_fault("PostgreSQL refuses to run as root and there is no user '" +
                              (wanted.empty() ? "postgres" : wanted) + "' to run it as.",
                          "PostgreSQL 不允许以 root 运行，且系统中没有可用的用户“" +
                              (wanted.empty() ? "postgres" : wanted) + "”。");
}

Outcome<void> check_reach(ClusterLayout const& layout, OsUser const& user) {
    auto const tried = run_process({.argv = {"test", "-x", layout.root.string()}, .user = user});
    if (tried.exit_code == 0) return {};
    std::string const closed = closed_ancestor(layout.root, user).string();
    return operator_fault("PostgreSQL runs as user '" + user.name + "', which cannot enter " +
                              (closed.empty() ? layout.root.string() : closed) + ". Allow it (chmod o+x " +
                              (closed.empty() ? layout.root.string() : closed) +
                              ") or choose another --data.",
                          "PostgreSQL 以用户“" + user.name + "”运行，但该用户无法进入 " +
                              (closed.empty() ? layout.root.string() : closed) +
                              "。请放开权限（chmod o+x），或指定其他 --data 目录。");
}

Outcome<void> make_data(ClusterLayout const& layout, fs::path const& bin, std::optional<OsUser> const& user,
                        bool unsafe_fast) {
    if (fs::exists(layout.data)) return {};
    fs::remove_all(layout.fresh);  // of an initdb that was cut off
    fs::create_directory(layout.fresh);
    if (user && chown(layout.fresh.c_str(), user->uid, user->gid) != 0)
        return operator_fault("Cannot give " + layout.fresh.string() + " to " + user->name + ".",
                              "无法将 " + layout.fresh.string() + " 的属主改为 " + user->name + "。");
    Command command{.argv = {(bin / "initdb").string(), "--pgdata=" + layout.fresh.string(),
                             "--username=" + std::string(cluster_role), "--encoding=UTF8", "--locale=C.UTF-8",
                             "--data-checksums", "--auth-local=peer", "--auth-host=reject"},
                    .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"},
                    .user = user,
                    .directory = "/"};
    if (unsafe_fast) command.argv.emplace_back("--no-sync");
    auto const done = run_process(command);
    if (done.exit_code != 0)
        return operator_fault(
            "initdb could not make a database in " + layout.root.string() + ": " + done.output,
            "initdb 无法在 " + layout.root.string() + " 中创建数据库：" + done.output);
    // The directory gets its name only when it is complete: a crash before this line leaves nothing that
    // looks like a database.
    fs::rename(layout.fresh, layout.data);
    return {};
}

Outcome<void> make_socket_directory(ClusterLayout const& layout, std::optional<OsUser> const& user) {
    uid_t const owner = user ? user->uid : geteuid();
    if (mkdir(layout.sockets.c_str(), 0700) == 0 && user &&
        lchown(layout.sockets.c_str(), user->uid, user->gid) != 0)
        return operator_fault("Cannot give " + layout.sockets.string() + " to " + user->name + ".",
                              "无法将 " + layout.sockets.string() + " 的属主改为 " + user->name + "。");

    struct stat info {};

    // Anybody may have made a directory of this name under /tmp.
    if (lstat(layout.sockets.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == owner &&
        (info.st_mode & 077) == 0)
        return {};
    return operator_fault(layout.sockets.string() +
                              " is not a private directory of the database's own user; " +
                              "remove it and start again.",
                          layout.sockets.string() + " 不是数据库用户的私有目录，请删除后重新启动。");
}

std::string last_words(ClusterLayout const& layout) {
    std::vector<fs::path> logs{layout.log};
    std::error_code ignored;
    for (auto const& entry : fs::directory_iterator(layout.data / "log", ignored))
        logs.push_back(entry.path());
    auto const newest =
        std::max_element(logs.begin() + 1, logs.end(), [&](fs::path const& a, fs::path const& b) {
            return fs::last_write_time(a, ignored) < fs::last_write_time(b, ignored);
        });
    std::string last, fatal;  // with the line before it, which often has the reason
    // Its own log counts only if it was opened during this start.
    bool const opened = newest != logs.end() &&
                        fs::last_write_time(*newest, ignored) >= fs::last_write_time(layout.log, ignored);
    for (fs::path const& log : {layout.log, opened ? *newest : layout.log}) {
        std::ifstream in(log, std::ios::binary);
        for (std::string line; std::getline(in, line); last = line)
            if (line.find("FATAL") != std::string::npos || line.find("PANIC") != std::string::npos)
                fatal = last.empty() ? line : last + " " + line;
    }
    return fatal.empty() ? last : fatal;
}

}  // namespace sponsio::db::detail
