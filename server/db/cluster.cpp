#include "server/db/cluster.hpp"

#include "server/db/cluster_files.hpp"
#include "server/db/session.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sponsio::db {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

Fault operator_fault(std::string en, std::string zh) {
    return fault(problem::unavailable, std::move(en), std::move(zh));
}

bool answers(ClusterAddress const& address) {
    return PQping(address.uri(cluster_role, "postgres").c_str()) == PQPING_OK;
}

}  // namespace

std::string ClusterAddress::uri(std::string_view role, std::string_view database) const {
    ConnectionString string;
    string.set("host", socket_dir.string());
    string.set("port", "5432");
    string.set("user", std::string(role));
    string.set("dbname", std::string(database));
    return string.uri();
}

/// The watching thread starts PostgreSQL, waits for its end and starts it again; other threads only ask it.
struct EmbeddedCluster::Impl {
    Impl(ClusterOptions o, detail::ClusterLayout l, fs::path b, std::optional<OsUser> u,
         detail::DirectoryLock k)
        : options(std::move(o)),
          layout(std::move(l)),
          bin(std::move(b)),
          user(std::move(u)),
          lock(std::move(k)),
          address{layout.sockets} {}

    ~Impl() { stop(); }

    Outcome<void> start();
    void stop() noexcept;

    ClusterOptions options;
    detail::ClusterLayout layout;
    fs::path bin;
    std::optional<OsUser> user;
    detail::DirectoryLock lock;
    ClusterAddress address;

    std::atomic<bool> alive{false};
    std::atomic<int> pid{0};

  private:
    enum class First { waiting, ready, failed };

    void watch() noexcept;
    bool launch();
    bool wait_until_ready();
    bool ended(bool wait);
    void settle(First how);
    void pause(std::chrono::milliseconds how_long);

    std::mutex mutex_;
    std::condition_variable changed_;
    First first_ = First::waiting;
    bool stopping_ = false;
    bool watching_ = false;
    std::string how_;  ///< the last life ended; the watcher's own
    std::thread watcher_;
};

Outcome<void> EmbeddedCluster::Impl::start() {
    watching_ = true;
    watcher_ = std::thread([this] { watch(); });
    std::unique_lock wait(mutex_);
    changed_.wait(wait, [this] { return first_ != First::waiting; });
    if (first_ == First::ready) return {};
    std::string const words = detail::last_words(layout);
    return operator_fault("PostgreSQL did not start: " + words + " (see " + layout.log.string() + " and " +
                              (layout.data / "log").string() + ").",
                          "PostgreSQL 未能启动：" + words + "（参见 " + layout.log.string() + " 和 " +
                              (layout.data / "log").string() + "）。");
}

void EmbeddedCluster::Impl::stop() noexcept {
    if (!watcher_.joinable()) return;
    {
        std::unique_lock wait(mutex_);
        stopping_ = true;
        changed_.notify_all();
        // Fast shutdown, then immediate (the next start recovers), then SIGKILL.
        for (int signal : {SIGINT, SIGQUIT, SIGKILL}) {
            if (int const running = pid; running > 0) kill(running, signal);
            auto const patience = signal == SIGINT ? std::chrono::milliseconds(options.stop_limit) : 10s;
            if (changed_.wait_for(wait, patience, [this] { return !watching_; })) break;
        }
    }
    watcher_.join();
}

/// Runs PostgreSQL again and again until stop().
void EmbeddedCluster::Impl::watch() noexcept {
    auto pause_for = 100ms;
    for (bool again = true; again;) {
        if (launch() && wait_until_ready()) {
            pause_for = 100ms;
            alive = true;
            options.on_event("database.ready", std::to_string(pid));
            settle(First::ready);
        }
        while (pid > 0 && !ended(true)) {
            // a signal of ours interrupted the wait
        }
        alive = false;
        {
            std::lock_guard lock_state(mutex_);
            again = !stopping_ && first_ == First::ready;
        }
        if (again) {
            options.on_event("database.died", how_);
            detail::stop_leftovers(layout, options.stop_limit);
            pause(pause_for);
            pause_for = std::min(pause_for * 2, std::chrono::milliseconds(10s));
        }
    }
    settle(First::failed);
    std::lock_guard lock_state(mutex_);
    watching_ = false;
    changed_.notify_all();
}

/// Returns false if it could not be started, or if stop() came first.
bool EmbeddedCluster::Impl::launch() {
    int const log = open(layout.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (log < 0) return false;
    Command const command{
        .argv = {(bin / "postgres").string(), "-D", layout.data.string(), "-c",
                 "config_file=" + (layout.config / "postgresql.conf").string()},
        .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=" + layout.data.string()},
        .user = user,
        .directory = layout.data};
    std::lock_guard lock_state(mutex_);  // stop() sees either no process or its number
    if (!stopping_) pid = std::max(0, start_process(command, log, SIGINT));
    close(log);
    return pid > 0;
}

/// Whether the process has ended; waits for the end if `wait` is set. The process id is forgotten before the
/// process is reaped, so that stop() never signals another process that got the same id.
bool EmbeddedCluster::Impl::ended(bool wait) {
    siginfo_t info{};
    int const running = pid;
    if (waitid(P_PID, static_cast<id_t>(running), &info, WEXITED | WNOWAIT | (wait ? 0 : WNOHANG)) != 0 ||
        info.si_pid == 0)
        return false;
    {
        std::lock_guard lock_state(mutex_);
        pid = 0;
    }
    int status = 0;
    waitpid(running, &status, 0);
    how_ = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                               : "exit " + std::to_string(WEXITSTATUS(status));
    return true;
}

bool EmbeddedCluster::Impl::wait_until_ready() {
    auto const end = SteadyClock::now() + options.start_limit;
    while (SteadyClock::now() < end) {
        if (ended(false)) return false;
        if (detail::says_ready(layout, pid) && answers(address)) return true;
        pause(10ms);
        std::lock_guard lock_state(mutex_);
        if (stopping_) return false;
    }
    std::lock_guard lock_state(mutex_);
    if (pid > 0) kill(pid, SIGINT);
    return false;
}

void EmbeddedCluster::Impl::settle(First how) {
    std::lock_guard lock_state(mutex_);
    if (first_ == First::waiting) first_ = how;
    changed_.notify_all();
}

void EmbeddedCluster::Impl::pause(std::chrono::milliseconds how_long) {
    std::unique_lock wait(mutex_);
    changed_.wait_for(wait, how_long, [this] { return stopping_; });
}

namespace {

constexpr BinaryQuery has_database{"has_database",
                                   "SELECT 1::int4 FROM pg_database WHERE datname = $1::name"};

/// Makes sure that the directory exists and that the user of PostgreSQL can pass through it.
Outcome<void> make_root(fs::path const& root) {
    std::error_code error;
    if (fs::is_directory(root, error)) return {};
    fs::create_directories(root.parent_path(), error);
    fs::create_directory(root, error);
    if (!error) fs::permissions(root, fs::perms(geteuid() == 0 ? 0711 : 0700), error);
    if (!error) return {};
    return operator_fault("Cannot make the directory " + root.string() + ": " + error.message() + ".",
                          "无法创建目录 " + root.string() + "：" + error.message() + "。");
}

Outcome<void> make_database(ClusterAddress const& address) {
    PgSession db({.uri = address.uri(cluster_role, "postgres")});
    if (db.exec(has_database, Params(cluster_database)).empty())
        db.command("CREATE DATABASE " + std::string(cluster_database));
    return {};
}

Outcome<void> prepare_files(detail::ClusterLayout const& layout, ClusterOptions const& options,
                            fs::path const& bin, std::optional<OsUser> const& user) {
    if (user)
        if (auto reached = detail::check_reach(layout, *user); !reached) return reached;
    if (auto made = detail::make_data(layout, bin, user, options.test_only_unsafe_fast); !made) return made;
    if (!detail::stop_leftovers(layout, options.stop_limit))
        return operator_fault(
            "A PostgreSQL that was left running in " + layout.data.string() + " does not stop.",
            layout.data.string() + " 中遗留的 PostgreSQL 进程无法停止。");
    if (auto made = detail::make_socket_directory(layout, user); !made) return made;
    detail::write_config(layout, options, user);
    return {};
}

}  // namespace

Outcome<std::unique_ptr<EmbeddedCluster>> EmbeddedCluster::start(ClusterOptions options) try {
    read_from_environment(Environment::nothing);
    auto const layout = detail::layout_of(options.data);
    if (auto made = make_root(layout.root); !made) return made.error();
    auto lock = detail::DirectoryLock::take(layout.lock);
    if (!lock) return lock.error();
    auto const bin = detail::find_binaries(options.bin);
    if (!bin) return bin.error();
    if (auto fits = detail::check_version(layout, *bin); !fits) return fits.error();
    auto const user = detail::choose_user(layout, options.run_as);
    if (!user) return user.error();
    if (auto ready = prepare_files(layout, options, *bin, *user); !ready) return ready.error();
    auto impl = std::make_unique<Impl>(std::move(options), layout, *bin, *user, std::move(*lock));
    if (auto started = impl->start(); !started) return started.error();
    if (auto made = make_database(impl->address); !made) return made.error();
    return std::unique_ptr<EmbeddedCluster>(new EmbeddedCluster(std::move(impl)));
} catch (fs::filesystem_error const& error) {
    return operator_fault("The database directory cannot be prepared: " + std::string(error.what()) + ".",
                          "无法准备数据库目录：" + std::string(error.what()) + "。");
} catch (...) {
    return fault_from_current_exception();
}

EmbeddedCluster::EmbeddedCluster(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

EmbeddedCluster::~EmbeddedCluster() = default;

Outcome<ClusterAddress> EmbeddedCluster::find_running(fs::path const& data) {
    read_from_environment(Environment::nothing);
    ClusterAddress address{detail::layout_of(data).sockets};
    if (answers(address)) return address;
    return operator_fault("No server is running on " + data.string() + ".",
                          data.string() + " 上没有正在运行的服务。");
}

ClusterAddress const& EmbeddedCluster::address() const noexcept {
    return impl_->address;
}

bool EmbeddedCluster::alive() const noexcept {
    return impl_->alive;
}

int EmbeddedCluster::pid() const noexcept {
    return impl_->pid;
}

void EmbeddedCluster::stop() noexcept {
    impl_->stop();
}

}  // namespace sponsio::db
