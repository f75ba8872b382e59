#include "tests/support/pg_fixture.hpp"

#include "server/db/migrate.hpp"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdexcept>
#include <sys/vfs.h>
#include <unistd.h>

#if defined(__has_feature) && __has_feature(address_sanitizer)
/// SOCI 4.0.3 forgets a connection that breaks between being made and its first SET.
extern "C" char const* __lsan_default_suppressions();

extern "C" char const* __lsan_default_suppressions() {
    return "leak:libsoci_postgresql\n";
}
#endif

namespace sponsio::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view template_database = "sponsio_template";

bool in_earnest = false;

/// In memory where there is enough. Every test makes and removes a database of a thousand files, and ext4
/// looks at each file that was removed in the last minutes again before it makes another one.
fs::path place_of_clusters() {
    constexpr std::uint64_t enough = std::uint64_t{4} << 30;

    struct statfs memory {};

    bool const wanted_elsewhere = in_earnest || std::getenv("TMPDIR") != nullptr;
    if (!wanted_elsewhere && statfs("/dev/shm", &memory) == 0 && memory.f_type == TMPFS_MAGIC &&
        memory.f_bavail * static_cast<std::uint64_t>(memory.f_bsize) >= enough &&
        access("/dev/shm", W_OK | X_OK) == 0)
        return "/dev/shm";
    return fs::temp_directory_path();
}

db::ClusterOptions options_in(fs::path const& directory) {
    db::ClusterOptions options{.data = directory, .max_connections = 100};
    if (in_earnest) return options;
    options.shared_buffers_mb = 16;
    options.test_only_unsafe_fast = true;
    return options;
}

template <class T>
T value(Outcome<T> outcome) {
    if (!outcome) throw std::runtime_error(outcome.error().detail.en + " " + outcome.error().cause);
    return std::move(*outcome);
}

/// A shell that waits for the end of this program, also by a crash or kill -9, and then removes the
/// directory. PostgreSQL itself ends with this program (EmbeddedCluster).
int start_janitor(fs::path const& directory) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    if (fork() == 0) {
        setsid();
        dup2(ends[0], 0);
        for (int fd : {1, 2}) dup2(open("/dev/null", O_WRONLY), fd);
        constexpr char script[] =
            "cat; for i in $(seq 100); do [ -e \"$0/postgres/postmaster.pid\" ] || break; sleep 0.2; done; "
            "rm -rf \"$0\"";
        execl("/bin/sh", "sh", "-c", script, directory.c_str(), nullptr);
        _exit(127);
    }
    close(ends[0]);
    return ends[1];
}

}  // namespace

PgServer& PgServer::instance() {
    static PgServer server;
    return server;
}

PgServer::PgServer() : directory_(place_of_clusters()), janitor_(start_janitor(directory_.path())) {
    cluster_ = value(db::EmbeddedCluster::start(options_in(directory_.path())));
}

void PgServer::work_as_in_earnest() {
    in_earnest = true;
}

PgServer::~PgServer() {
    cluster_.reset();
    close(janitor_);
}

db::ConnectionOptions PgServer::connection(std::string const& database, std::string_view role) const {
    return {.uri = cluster_->address().uri(role, database), .writable = role != db::readonly_role};
}

void PgServer::migrate_template() {
    db::PgSession(connection("postgres", db::cluster_role))
        .command("CREATE DATABASE " + std::string(template_database));
    auto options =
        value(db::embedded_migrations(cluster_->address().uri(db::cluster_role, template_database)));
    value(db::migrate(options));
    template_ready_ = true;
}

std::string PgServer::make_database() {
    if (!template_ready_) migrate_template();
    std::string name = "t_" + std::to_string(++made_);
    db::PgSession(connection("postgres", db::cluster_role))
        .command("CREATE DATABASE " + name + " TEMPLATE " + std::string(template_database) +
                 " STRATEGY file_copy");
    return name;
}

std::string PgServer::make_empty_database() {
    std::string name = "t_" + std::to_string(++made_);
    db::PgSession(connection("postgres", db::cluster_role))
        .command("CREATE DATABASE " + name + " STRATEGY file_copy");
    return name;
}

void PgServer::drop_database(std::string const& name) {
    db::PgSession(connection("postgres", db::cluster_role))
        .command("DROP DATABASE " + name + " WITH (FORCE)");
}

void PgFixture::SetUp() {
    auto& server = PgServer::instance();
    database_ = migrated() ? server.make_database() : server.make_empty_database();
}

void PgFixture::TearDown() {
    db_.reset();
    admin_.reset();
    if (!database_.empty()) PgServer::instance().drop_database(database_);
}

db::ConnectionOptions PgFixture::app() const {
    return PgServer::instance().connection(database_, db::app_role);
}

db::ConnectionOptions PgFixture::superuser() const {
    return PgServer::instance().connection(database_, db::cluster_role);
}

db::PgSession& PgFixture::db() {
    if (!db_) db_.emplace(app());
    return *db_;
}

db::PgSession& PgFixture::admin() {
    if (!admin_) admin_.emplace(superuser());
    return *admin_;
}

}  // namespace sponsio::testing
