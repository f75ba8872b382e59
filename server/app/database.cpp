#include "server/app/database.hpp"

#include "server/app/place.hpp"
#include "server/base/log.hpp"
#include "server/db/durability.hpp"

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
    if (options.data.empty()) {
        Fault refused =
            fault(problem::not_found,
                  "Say where the store is: --data DIR, --database-file FILE, or --config FILE with either.",
                  "请指明数据所在：--data DIR、--database-file FILE，或以 --config FILE 给出。");
        refused.cause = std::string(no_place);
        return refused;
    }
    if (use == Use::administer)
        if (auto there = require_store(options.data); !there) return there.error();
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
            "The database is not at the version of this program; run: sponsio migrate with the same options",
            "数据库版本与程序不一致，请先以同样的选项运行：sponsio migrate");
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

Outcome<void> fit_to_serve(db::PgSession& session, bool must_wait) {
    if (must_wait)
        if (auto waits = db::check_synchronous(session); !waits) return waits;
    if (db::login_has_more_rights(session)) log::warn("database.login_has_more_rights");
    if (auto direct = db::check_session_is_ours(session); !direct) return direct.error();
    return db::check_durability(session);
}

}  // namespace sponsio::app
