#include "server/db/cluster.hpp"

#include "server/base/process.hpp"
#include "server/db/cluster_files.hpp"
#include "server/db/durability.hpp"
#include "server/db/executor.hpp"
#include "server/db/session.hpp"
#include "tests/support/pg_fixture.hpp"
#include "tests/unit/db/made_cluster.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <fstream>
#include <signal.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sponsio::db {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::TempDir;

constexpr BinaryQuery count{"count", "SELECT count(*) FROM kept"};

PgSession connect(EmbeddedCluster const& cluster) {
    return PgSession({.uri = cluster.address().uri(cluster_role)});
}

std::int64_t kept(EmbeddedCluster const& cluster) {
    return connect(cluster).exec(count)[0].get<std::int64_t>(0);
}

std::string sentence(ClusterOptions options) {
    auto const cluster = EmbeddedCluster::start(std::move(options));
    return cluster ? "it started" : cluster.error().detail.en;
}

template <class Condition>
bool eventually(Condition condition, std::chrono::seconds patience = 60s) {
    auto const end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

bool exists(pid_t pid) {
    return kill(pid, 0) == 0;
}

TEST(Cluster, KeepsItsDataFromOneStartToTheNext) {
    TempDir const dir;
    // Of somebody who works with another PostgreSQL: no business of ours.
    for (auto const& [name, value] : {std::pair("PGSERVICE", "another"), std::pair("PGHOST", "192.0.2.1"),
                                      std::pair("PGOPTIONS", "-c nonsense=1")})
        setenv(name, value, 1);
    {
        auto const cluster = started(at(dir.path() / "data"));
        EXPECT_TRUE(cluster->alive());
        PgSession db = connect(*cluster);
        EXPECT_TRUE(check_durability(db));
        db.command("CREATE TABLE kept (n int)");
        db.command("INSERT INTO kept VALUES (1), (2)");
    }
    auto const cluster = started(at(dir.path() / "data"));
    EXPECT_EQ(kept(*cluster), 2);
    int const pid = cluster->pid();
    cluster->stop();
    EXPECT_FALSE(exists(pid));
    EXPECT_FALSE(cluster->alive());
    cluster->stop();
}

TEST(Cluster, IsSetUpToKeepWhatItAcknowledgesAndToTellNothing) {
    MadeDir const dir;
    auto const cluster = started(at(dir.path()));
    PgSession db = connect(*cluster);
    static constexpr BinaryQuery setting{"setting", "SELECT current_setting($1::text)"};
    for (auto const& [name, value] :
         std::vector<std::pair<char const*, char const*>>{{"fsync", "on"},
                                                          {"synchronous_commit", "on"},
                                                          {"full_page_writes", "on"},
                                                          {"data_checksums", "on"},
                                                          {"server_encoding", "UTF8"},
                                                          {"lc_collate", "C.UTF-8"},
                                                          {"lc_messages", "C"},
                                                          {"TimeZone", "UTC"},
                                                          {"listen_addresses", ""},
                                                          {"log_error_verbosity", "terse"},
                                                          {"log_parameter_max_length_on_error", "0"},
                                                          {"log_min_error_statement", "panic"}})
        EXPECT_EQ(db.exec(setting, Params(name))[0].get<std::string>(0), value) << name;

    struct stat info {};

    ASSERT_EQ(stat(cluster->address().socket_dir.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 077, 0U) << "only the cluster's own user reaches the socket";
}

TEST(Cluster, TheServerLogHoldsNoValues) {
    MadeDir const dir;
    auto const cluster = started(at(dir.path()));
    PgSession db = connect(*cluster);
    db.command("CREATE TABLE person (name text PRIMARY KEY CHECK (char_length(name) < 5))");
    static constexpr BinaryQuery insert{"insert", "INSERT INTO person VALUES ($1)"};
    db.exec(insert, Params("张三"));
    EXPECT_THROW(db.exec(insert, Params("张三")), DbError);
    EXPECT_THROW(db.exec(insert, Params("欧阳示例娜娜")), DbError);
    cluster->stop();
    std::ostringstream log;
    for (auto const& file : fs::recursive_directory_iterator(dir.path() / "postgres" / "log"))
        log << std::ifstream(file.path()).rdbuf();
    EXPECT_NE(log.str().find("duplicate key"), std::string::npos) << log.str();
    EXPECT_EQ(log.str().find("张三"), std::string::npos) << log.str();
    EXPECT_EQ(log.str().find("欧阳"), std::string::npos) << log.str();
}

TEST(Cluster, ASecondServerOnTheSameDirectoryIsTold) {
    MadeDir const dir;
    auto const cluster = started(at(dir.path()));
    EXPECT_NE(sentence(at(dir.path())).find("Another process (pid " + std::to_string(getpid()) + ")"),
              std::string::npos)
        << sentence(at(dir.path()));
    EXPECT_NE(sentence(at(dir.path() / "." / "postgres" / "..")).find("Another process"), std::string::npos);
    EXPECT_TRUE(cluster->alive());
    EXPECT_EQ(EmbeddedCluster::find_running(dir.path()).value().socket_dir, cluster->address().socket_dir);
}

TEST(Cluster, NobodyRunsOnAnUnusedDirectory) {
    TempDir const dir;
    EXPECT_FALSE(EmbeddedCluster::find_running(dir.path()));
}

TEST(Cluster, DataOfAnotherVersionIsRefused) {
    MadeDir const dir;
    std::ofstream(dir.path() / "postgres" / "PG_VERSION") << "14\n";
    std::string const text = sentence(at(dir.path()));
    EXPECT_NE(text.find("was made by PostgreSQL 14"), std::string::npos) << text;
    EXPECT_NE(text.find("--pg-bin"), std::string::npos) << text;
}

TEST(Cluster, MissingBinariesAreNamed) {
    TempDir const dir;
    auto options = at(dir.path());
    options.bin = dir.path() / "no-such-place";
    EXPECT_NE(sentence(options).find("There is no PostgreSQL"), std::string::npos);
}

TEST(Cluster, AnInitdbThatWasCutOffIsStartedAfresh) {
    TempDir const dir;
    fs::create_directories(dir.path() / "postgres.new" / "base");
    std::ofstream(dir.path() / "postgres.new" / "PG_VERSION") << "15\n";
    EXPECT_TRUE(started(at(dir.path()))->alive());
}

/// Of so many at once, some end just while they are looked at.
void come_and_go(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        std::array<pid_t, 200> all{};
        for (pid_t& pid : all)
            if (pid = fork(); pid == 0) _exit(0);
        for (pid_t const pid : all) waitpid(pid, nullptr, 0);
    }
}

TEST(Cluster, LooksForItsProcessesWhileOthersEnd) {
    TempDir const dir;
    auto const layout = detail::layout_of(dir.path());
    std::jthread const others(come_and_go);
    for (int n = 0; n != 200; ++n) EXPECT_TRUE(detail::processes_of(layout).empty());
}

TEST(Cluster, AVeryLongPathStillGetsASocket) {
    TempDir const dir;
    MadeDir const made;
    fs::path const deep = dir.path() / std::string(120, 'd') / "数据";
    fs::create_directories(deep);
    fs::rename(made.path() / "postgres", deep / "postgres");
    auto const cluster = started(at(deep));
    EXPECT_LE(cluster->address().socket_dir.native().size(), 93U);
    EXPECT_TRUE(connect(*cluster).usable());
    fs::path const sockets = cluster->address().socket_dir;
    cluster->stop();
    fs::remove_all(sockets);
}

TEST(Cluster, AClosedParentDirectoryIsNamed) {
    if (geteuid() != 0) GTEST_SKIP() << "only root starts PostgreSQL as another user";
    TempDir const dir;
    fs::path const closed = dir.path() / "closed";
    fs::create_directories(closed / "data");
    fs::permissions(closed, fs::perms(0700));
    std::string const text = sentence(at(closed / "data"));
    EXPECT_NE(text.find("cannot enter " + closed.string() + "."), std::string::npos) << text;
    EXPECT_NE(text.find("chmod o+x"), std::string::npos) << text;
}

TEST(Cluster, AKilledPostgresComesBackWithEverythingCommitted) {
    MadeDir const dir;
    std::atomic<int> died = 0;
    auto options = at(dir.path());
    options.on_event = [&died](std::string_view event, std::string_view) {
        died += event == "database.died" ? 1 : 0;
    };
    auto const cluster = started(std::move(options));
    connect(*cluster).command("CREATE TABLE kept (n int)");
    DbExecutor executor({.connection = {.uri = cluster->address().uri(cluster_role)}, .threads = 1});
    int acknowledged = 0;
    for (int round = 0; round != 3; ++round) {
        int const before = cluster->pid();
        for (int i = 0; i != 20; ++i) {
            auto const stored = executor.run_blocking(Deadline::max(), [](PgSession& db) -> Outcome<void> {
                db.command("INSERT INTO kept VALUES (1)");
                return {};
            });
            acknowledged += stored ? 1 : 0;
        }
        kill(before, SIGKILL);
        ASSERT_TRUE(eventually([&] { return cluster->alive() && cluster->pid() != before; }));
    }
    EXPECT_EQ(acknowledged, 60);
    EXPECT_EQ(kept(*cluster), 60);
    EXPECT_EQ(died, 3);
}

/// A process of its own that holds a cluster.
class Holder {
  public:
    explicit Holder(fs::path const& data) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        pid_ = start_process({.argv = {SPONSIO_CLUSTER_HOLDER, data.string()}, .inherit_environment = true},
                             ends[1], SIGKILL);
        close(ends[1]);
        char word[6] = {};
        std::size_t have = 0;
        for (ssize_t n = 0; have < 5 && (n = read(ends[0], word + have, 5 - have)) > 0;)
            have += static_cast<std::size_t>(n);
        close(ends[0]);
        ready_ = std::string_view(word, have) == "ready";
    }

    ~Holder() { kill_hard(); }

    [[nodiscard]] bool ready() const { return ready_; }

    void kill_hard() {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

    void send(int signal) const { kill(pid_, signal); }

  private:
    pid_t pid_ = 0;
    bool ready_ = false;
};

TEST(Cluster, AKilledServerIsFollowedByOneThatFindsEverything) {
    MadeDir const dir;
    for (int round = 0; round != 3; ++round) {
        Holder holder(dir.path());
        ASSERT_TRUE(holder.ready());
        auto const address = EmbeddedCluster::find_running(dir.path()).value();
        PgSession db({.uri = address.uri(cluster_role)});
        db.command("CREATE TABLE IF NOT EXISTS kept (n int)");
        db.command("INSERT INTO kept VALUES (1)");
        EXPECT_NE(sentence(at(dir.path())).find("Another process"), std::string::npos);
        holder.kill_hard();
        // At once, while the PostgreSQL it left is still there or just going.
        auto const cluster = started(at(dir.path()));
        EXPECT_EQ(kept(*cluster), round + 1);
    }
}

TEST(Cluster, PostgresEndsAfterItsServerWasKilled) {
    MadeDir const dir;
    Holder holder(dir.path());
    ASSERT_TRUE(holder.ready());
    int postmaster = 0;
    std::ifstream(dir.path() / "postgres" / "postmaster.pid") >> postmaster;
    ASSERT_GT(postmaster, 0);
    ASSERT_TRUE(exists(postmaster));
    holder.kill_hard();
    EXPECT_TRUE(eventually([&] { return !exists(postmaster); }));
    EXPECT_FALSE(fs::exists(dir.path() / "postgres" / "postmaster.pid")) << "it ended in good order";
}

TEST(Cluster, BothKilledAtOnce) {
    MadeDir const dir;
    int postmaster = 0;
    {
        Holder holder(dir.path());
        ASSERT_TRUE(holder.ready());
        auto const address = EmbeddedCluster::find_running(dir.path()).value();
        PgSession db({.uri = address.uri(cluster_role)});
        db.command("CREATE TABLE kept (n int)");
        db.command("INSERT INTO kept VALUES (1)");
        std::ifstream(dir.path() / "postgres" / "postmaster.pid") >> postmaster;
        holder.send(SIGSTOP);  // so that it cannot react
        kill(postmaster, SIGKILL);
    }
    auto const cluster = started(at(dir.path()));
    EXPECT_EQ(kept(*cluster), 1);
}

TEST(Cluster, APidFileThatNamesAStrangerIsNoObstacle) {
    MadeDir const dir;
    // After a reboot the old number may belong to anybody, here to a process of the same user.
    std::ofstream(dir.path() / "postgres" / "postmaster.pid")
        << getpid() << "\n"
        << (dir.path() / "postgres").string() << "\n0\n5432\n\n\n";
    EXPECT_TRUE(started(at(dir.path()))->alive());
}

TEST(Cluster, AConfigurationThatDoesNotWorkIsReportedWithPostgresOwnWords) {
    MadeDir const dir;
    fs::create_directories(dir.path() / "postgres-config");
    std::ofstream(dir.path() / "postgres-config" / "local.conf") << "shared_buffers = nonsense\n";
    std::string const text = sentence(at(dir.path()));
    EXPECT_NE(text.find("PostgreSQL did not start"), std::string::npos) << text;
    EXPECT_NE(text.find("shared_buffers"), std::string::npos) << text;
}

}  // namespace
}  // namespace sponsio::db
