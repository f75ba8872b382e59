#include "server/app/database.hpp"
#include "server/app/doctor.hpp"
#include "server/app/place.hpp"
#include "server/db/migrate.hpp"
#include "server/db/server_report.hpp"
#include "server/db/session.hpp"
#include "server/service/knowledge/service.hpp"
#include "server/store/log.hpp"

namespace sponsio::app {
namespace {

/// Where it can be asked without starting anything; empty, and said so, if it cannot.
std::string uri_of(DatabaseOptions const& options, Diagnoses& diagnoses) {
    if (!options.uri.empty()) return options.uri;
    if (auto there = require_store(options.data); !there) {
        diagnoses.add("database", Health::fail, there.error().detail.en);
        return {};
    }
    auto const running = db::EmbeddedCluster::find_running(options.data);
    if (running) return running->uri(db::cluster_role);
    diagnoses.add("database", Health::warn,
                  "The server does not run: its private database was not looked at.",
                  "Start it and ask again.");
    return {};
}

void look_at_server(db::ServerReport const& report, bool is_private, Diagnoses& diagnoses) {
    diagnoses.judge(
        "database", report.version_num >= 150000 && !report.standby,
        "PostgreSQL " + report.version + " (libpq " + report.client_version + ").", Health::fail,
        report.standby ? "The server is a standby." : "PostgreSQL " + report.version + " is too old.",
        "Sponsio needs the primary of PostgreSQL 15 or newer.");
    diagnoses.judge("durability", report.unsafe.empty(), "What is committed is on disk.", Health::fail,
                    report.unsafe + ": acknowledged commitments could be lost.", "Set it to on.");
    diagnoses.judge("roles", report.roles == 3 && report.may_serve,
                    "The three roles of schema/roles.sql are there.", Health::fail,
                    "The roles of schema/roles.sql are not all there, or this login is not of sponsio_app.",
                    "Run: sponsio migrate, as a login that may create roles; then grant sponsio_app to the "
                    "server's login.");
    if (report.grants_right)
        diagnoses.judge("grants", *report.grants_right, "sponsio_app adds commitments and can delete none.",
                        Health::fail, "The rights of sponsio_app are not those that the migrations grant.",
                        "Take back what was granted besides, and look at who granted it.");
    diagnoses.judge(
        "pooler", !report.pooled, "Nothing stands between server and database.", Health::warn,
        "A pooler stands between server and database.",
        "Leave it out, or use it in session mode: statements are prepared and roles are set per session.");
    if (is_private) return;
    diagnoses.judge("rights", !report.may_too_much, "The login has the rights of sponsio_app only.",
                    Health::warn,
                    "The login could rewrite history: it is a superuser or a member of sponsio_owner.",
                    "Serve with a login that is a member of sponsio_app only (schema/README.md).");
    diagnoses.judge("database_tls", report.tls, "The session is encrypted.", Health::warn,
                    "The session is not encrypted.",
                    "Over a network: sslmode=verify-full. A socket on this machine needs none.");
    diagnoses.judge(
        "replication", !report.synchronous_standbys.empty() && report.standbys_in_step > 0,
        std::to_string(report.standbys_in_step) + " synchronous standbys are in step.",
        report.synchronous_standbys.empty() ? Health::warn : Health::fail,
        report.synchronous_standbys.empty() ? "No standby is waited for: the loss of its disk is the loss of "
                                              "what was acknowledged since the last backup."
                                            : "A standby is waited for and none is there: filing hangs.",
        report.synchronous_standbys.empty() ? "Set up one, with synchronous_standby_names."
                                            : "Start the standby, or change synchronous_standby_names.");
    diagnoses.judge("wal_archive", report.archives_wal, "The write-ahead log is archived.", Health::warn,
                    "The write-ahead log is not archived: only the last backup can be put back.",
                    "Set archive_mode and archive_command.");
}

void look_at_migrations(std::string const& uri, Diagnoses& diagnoses) {
    auto const migrations = db::embedded_migrations(uri);
    if (!migrations) {
        diagnoses.add("migrations", Health::fail, migrations.error().detail.en);
        return;
    }
    auto const status = db::migration_status(*migrations);
    diagnoses.judge("migrations", status && status->up_to_date, "Every migration is applied.", Health::fail,
                    status ? "Some migrations are not applied." : status.error().detail.en,
                    "Run: sponsio migrate");
}

void look_at_log(ServeOptions const& options, std::string const& uri, Diagnoses& diagnoses) try {
    db::PgSession session({.uri = uri, .application = "sponsio doctor"});
    auto const heads = store::log_heads(session);
    for (store::LogHead const& head : heads)
        diagnoses.judge("log_shard_" + std::to_string(head.shard), !head.frozen_why,
                        head.origin + " has " + std::to_string(head.size) + " entries.", Health::fail,
                        head.origin + " is frozen: " + head.frozen_why.value_or("") + ".",
                        "See docs/ledger.md: sponsio log check, then thaw or resume.");
    look_at_witnesses(options, heads, diagnoses);
} catch (db::DbError const& error) {
    diagnoses.add("log", Health::warn, "The shards could not be read: " + db::fault_of(error).detail.en);
}

void look_at_calendar(std::string const& uri, Diagnoses& diagnoses) try {
    db::PgSession session({.uri = uri, .application = "sponsio doctor"});
    auto const knowledge = service::knowledge_here(session);
    if (!knowledge) {
        diagnoses.add("calendar", Health::fail, knowledge.error().detail.en);
        return;
    }
    auto const today = std::chrono::year_month_day(china_date(SystemClock().now()));
    std::string const next = std::to_string(static_cast<int>(today.year()) + 1);
    diagnoses.judge("calendar", knowledge->calendar.knows(today.year()),
                    "The working days of this year are known.", Health::fail,
                    "The working days of this year are not known.",
                    "Give their file with: sponsio knowledge add");
    diagnoses.judge(
        "calendar_next_year", knowledge->calendar.knows(today.year() + std::chrono::years(1)),
        "Those of " + next + " too.", static_cast<unsigned>(today.month()) > 11 ? Health::fail : Health::warn,
        "Those of " + next + " are not known.",
        "Give their file with `sponsio knowledge add` as soon as the State Council has announced them.");
} catch (db::DbError const& error) {
    diagnoses.add("calendar", Health::warn,
                  "What was given to the database could not be read: " + db::fault_of(error).detail.en);
}

}  // namespace

void look_at_database(ServeOptions const& options, Diagnoses& diagnoses) {
    std::string const uri = uri_of(options.database, diagnoses);
    if (uri.empty()) return;
    auto const report = db::report_on_server(uri);
    if (!report) {
        diagnoses.add("database", Health::fail, report.error().detail.en,
                      "See that PostgreSQL runs and that the URI is right.");
        return;
    }
    look_at_server(*report, options.database.uri.empty(), diagnoses);
    look_at_migrations(uri, diagnoses);
    look_at_log(options, uri, diagnoses);
    look_at_calendar(uri, diagnoses);
}

}  // namespace sponsio::app
