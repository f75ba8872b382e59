#include "server/app/database.hpp"

#include "server/base/log.hpp"

namespace sponsio::app {
namespace {

db::ClusterOptions cluster_options(std::filesystem::path const& data) {
    db::ClusterOptions options{.data = data};
    options.on_event = [](std::string_view event, std::string_view detail) {
        log::info("database.cluster", {{log::Key::step, event}, {log::Key::cause, detail}});
    };
    return options;
}

}  // namespace

bool has_several_hosts(DatabaseOptions const& options) {
    auto const asked = options.uri.empty() ? Outcome<db::ConnectionString>(db::ConnectionString{})
                                           : db::ConnectionString::parse(options.uri);
    if (!asked) return false;
    auto const several = [&](char const* keyword) {
        return asked->get(keyword).find(',') != std::string::npos;
    };
    return several("host") || several("hostaddr");
}

Outcome<Database> Database::reach(DatabaseOptions const& options, Use use) {
    Database database;
    if (!options.uri.empty()) {
        db::read_from_environment(db::Environment::credentials);
        database.owner_uri_ = database.app_uri_ = options.uri;
        return database;
    }
    db::ClusterAddress address;
    if (auto running = use == Use::administer ? db::EmbeddedCluster::find_running(options.data)
                                              : Outcome<db::ClusterAddress>(fault(problem::unavailable))) {
        address = *running;
    } else {
        auto cluster = db::EmbeddedCluster::start(cluster_options(options.data));
        if (!cluster) return cluster.error();
        database.cluster_ = std::move(*cluster);
        address = database.cluster_->address();
    }
    database.owner_uri_ = address.uri(db::cluster_role);
    database.app_uri_ = address.uri(db::app_role);
    return database;
}

Outcome<Database> Database::open(DatabaseOptions const& options, Use use) {
    auto database = reach(options, use);
    if (!database) return database.error();
    auto migrations = db::embedded_migrations(database->owner_uri());
    if (!migrations) return migrations.error();
    if (database->is_private()) {
        migrations->on_applied = [](db::Migration const& m) {
            log::info("database.migrated", {{log::Key::version, m.version}, {log::Key::name, m.name}});
        };
        if (auto done = db::migrate(*migrations); !done) return done.error();
        return database;
    }
    auto const status = db::migration_status(*migrations);
    if (!status) return status.error();
    if (!status->up_to_date)
        return fault(
            problem::conflict,
            "The database is not at the version of this program; run: sponsio migrate --database URI",
            "数据库版本与程序不一致，请先运行：sponsio migrate --database URI");
    return database;
}

db::ConnectionOptions Database::connection() const {
    db::ConnectionOptions options{.uri = app_uri_};
    if (!is_private()) options.role = std::string(db::app_role);
    return options;
}

void Database::stop() {
    if (cluster_) cluster_->stop();
}

}  // namespace sponsio::app
