#pragma once

#include "server/base/fault.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sponsio::db {

/// The private PostgreSQL's own superuser; logs in only over its socket and only as this OS user.
inline constexpr std::string_view cluster_role = "sponsio_cluster";
inline constexpr std::string_view cluster_database = "sponsio";

struct ClusterOptions {
    std::filesystem::path data;   ///< DIR; the cluster lives in DIR/postgres
    std::filesystem::path bin{};  ///< where initdb and postgres are; empty: looked for
    std::string run_as{};         ///< when this process is root; empty: postgres, else nobody
    unsigned shared_buffers_mb = 128;
    unsigned max_connections = 64;
    std::chrono::seconds start_limit{600};  ///< crash recovery of a large database takes a while
    std::chrono::seconds stop_limit{60};
    /// "restarted", "died" and the like, for the log. Called on the watching thread.
    std::function<void(std::string_view event, std::string_view detail)> on_event = [](std::string_view,
                                                                                       std::string_view) {};
    /// Tests only: no fsync. A power cut then destroys the cluster.
    bool test_only_unsafe_fast = false;
};

/// The address of a private PostgreSQL.
struct ClusterAddress {
    std::filesystem::path socket_dir;

    /// A URI for one of the roles, without a secret: the socket knows the OS user.
    [[nodiscard]] std::string uri(std::string_view role, std::string_view database = cluster_database) const;
};

/// A private PostgreSQL under a data directory: made on first use, no TCP port, reachable only for its own OS
/// user (and root). It is watched and started again when it dies; it stops when this object or this process
/// goes, even by kill -9, and what such a death left running is found and stopped before the next start. One
/// per data directory: a lock file says so to a second process.
class EmbeddedCluster {
  public:
    /// Returns when connections are accepted and the database exists. A fault is a sentence for the operator.
    static Outcome<std::unique_ptr<EmbeddedCluster>> start(ClusterOptions options);
    /// Calls stop().
    ~EmbeddedCluster();
    EmbeddedCluster(EmbeddedCluster const&) = delete;
    EmbeddedCluster& operator=(EmbeddedCluster const&) = delete;

    /// The cluster that another process is running on this directory; `unavailable` if there is none.
    static Outcome<ClusterAddress> find_running(std::filesystem::path const& data);

    [[nodiscard]] ClusterAddress const& address() const noexcept;
    /// Whether it accepts connections, as far as the watcher knows.
    [[nodiscard]] bool alive() const noexcept;
    /// The postmaster's process id, 0 while it is down.
    [[nodiscard]] int pid() const noexcept;
    /// Fast shutdown: open transactions are rolled back, everything committed is flushed.
    void stop() noexcept;

  private:
    struct Impl;
    explicit EmbeddedCluster(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sponsio::db
