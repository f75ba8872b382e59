#pragma once

#include "server/base/fault.hpp"
#include "server/db/cluster.hpp"
#include "server/db/process.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The files of a private PostgreSQL, whose they are, and the processes that belong to them.
namespace sponsio::db::detail {

struct ClusterLayout {
    std::filesystem::path root;   ///< DIR, absolute and free of symbolic links
    std::filesystem::path data;   ///< DIR/postgres
    std::filesystem::path fresh;  ///< DIR/postgres.new, while initdb works
    std::filesystem::path
        config;                 ///< DIR/postgres-config: not the cluster user's, so that root may write there
    std::filesystem::path log;  ///< DIR/postgres-start.log, what PostgreSQL says before its own log opens
    std::filesystem::path lock;     ///< DIR/postgres.lock
    std::filesystem::path sockets;  ///< DIR/run, or a short path if that is too long for a socket
    std::string title;              ///< in the title of each of its processes
};

ClusterLayout layout_of(std::filesystem::path const& data_directory);

/// Holds DIR/postgres.lock; released by the kernel when the process ends, however it ends.
class DirectoryLock {
  public:
    static Outcome<DirectoryLock> take(std::filesystem::path const& file);

    DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

    DirectoryLock& operator=(DirectoryLock&&) = delete;
    ~DirectoryLock();

  private:
    explicit DirectoryLock(int fd) : fd_(fd) {}

    int fd_;
};

/// The directory with initdb and postgres.
Outcome<std::filesystem::path> find_binaries(std::filesystem::path const& wanted);
/// The major version of the binaries, and that of the data ("" if there is none yet), agree.
Outcome<void> check_version(ClusterLayout const& layout, std::filesystem::path const& bin);

/// Whom PostgreSQL runs as; nothing if this process's own user does.
Outcome<std::optional<OsUser>> choose_user(ClusterLayout const& layout, std::string const& wanted);
/// Root only: that this user can reach the directory, tried as this user.
Outcome<void> check_reach(ClusterLayout const& layout, OsUser const& user);

Outcome<void> make_data(ClusterLayout const& layout, std::filesystem::path const& bin,
                        std::optional<OsUser> const& user, bool unsafe_fast);
Outcome<void> make_socket_directory(ClusterLayout const& layout, std::optional<OsUser> const& user);
void write_config(ClusterLayout const& layout, ClusterOptions const& options,
                  std::optional<OsUser> const& user);

/// Every process of this cluster, the postmaster first if it lives. Read from command lines, which need no
/// rights.
std::vector<pid_t> processes_of(ClusterLayout const& layout);
/// The postmaster's own word, line 8 of postmaster.pid. Asking over the socket instead would fill its log.
bool says_ready(ClusterLayout const& layout, pid_t postmaster);
/// Ends what an earlier server left running and removes its lock files. False: it would not end.
bool stop_leftovers(ClusterLayout const& layout, std::chrono::seconds patience);

/// Why it ended, in its own words: the last FATAL of its logs, or else the last line.
std::string last_words(ClusterLayout const& layout);

}  // namespace sponsio::db::detail
