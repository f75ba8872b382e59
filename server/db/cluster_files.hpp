#pragma once

#include "server/base/fault.hpp"
#include "server/base/process.hpp"
#include "server/db/cluster.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The files of a private PostgreSQL, their owner, and its processes.
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
/// Refuses unless the major versions of the binaries and of the data ("" if there are none yet) agree.
Outcome<void> check_version(ClusterLayout const& layout, std::filesystem::path const& bin);

/// The user that PostgreSQL runs as; nothing for this process's own user.
Outcome<std::optional<OsUser>> choose_user(ClusterLayout const& layout, std::string const& wanted);
/// As root only: tries as this user whether it can reach the directory.
Outcome<void> check_reach(ClusterLayout const& layout, OsUser const& user);

Outcome<void> make_data(ClusterLayout const& layout, std::filesystem::path const& bin,
                        std::optional<OsUser> const& user, bool unsafe_fast);
Outcome<void> make_socket_directory(ClusterLayout const& layout, std::optional<OsUser> const& user);
void write_config(ClusterLayout const& layout, ClusterOptions const& options,
                  std::optional<OsUser> const& user);

/// Every process of this cluster, the postmaster first if it lives. Found by
/// command lines, which all may read.
std::vector<pid_t> processes_of(ClusterLayout const& layout);
/// Whether line 8 of postmaster.pid says "ready". Asking over the socket instead would fill PostgreSQL's log.
bool says_ready(ClusterLayout const& layout, pid_t postmaster);
/// Ends processes that an earlier server left running and removes its lock files. False if one stays.
bool stop_leftovers(ClusterLayout const& layout, std::chrono::seconds patience);

/// The reason of the end in PostgreSQL's words: the last FATAL of its logs, else the last line.
std::string last_words(ClusterLayout const& layout);

}  // namespace sponsio::db::detail
