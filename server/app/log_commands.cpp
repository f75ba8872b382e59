#include "server/app/log_commands.hpp"

#include "crypto/key_store.hpp"
#include "server/app/cli.hpp"
#include "server/service/key_service.hpp"
#include "server/service/log_walk.hpp"

#include <filesystem>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace sponsio::app {
namespace {

struct Arguments {
    DatabaseOptions database;
    std::filesystem::path state;
    std::filesystem::path passphrase_file;
    std::int16_t shard = 0;  ///< 0: all
    bool json = false;
};

domain::Json view(store::LogHead const& head) {
    return domain::JsonObject{{"shard", std::int64_t{head.shard}},
                              {"origin", head.origin},
                              {"size", static_cast<std::int64_t>(head.size)},
                              {"root", crypto::to_base64(head.root)},
                              {"signed_at", to_rfc3339(head.signed_at)},
                              {"frozen", head.frozen_why ? domain::Json(*head.frozen_why) : domain::Json()}};
}

void print(Arguments const& a, store::LogHead const& head) {
    if (a.json) {
        std::cout << crypto::write_json(view(head)) << "\n";
        return;
    }
    std::cout << "shard " << head.shard << "\n  origin:    " << head.origin << "\n  size:      " << head.size
              << "\n  root:      " << crypto::to_base64(head.root)
              << "\n  signed at: " << to_rfc3339(head.signed_at)
              << "\n  state:     " << (head.frozen_why ? "frozen: " + *head.frozen_why : "in use") << "\n";
}

/// Those that are asked for, in order.
std::vector<store::LogHead> heads_of(db::PgSession& db, Arguments const& a) {
    auto heads = store::log_heads(db);
    std::erase_if(heads, [&](store::LogHead const& head) { return a.shard && head.shard != a.shard; });
    if (a.shard && heads.empty())
        throw CommandFailed{"There is no shard " + std::to_string(a.shard) +
                            "; list them with: sponsio log list"};
    return heads;
}

void list(Arguments const& a) {
    with_session(a.database, [&](db::PgSession& db) -> Outcome<void> {
        for (store::LogHead const& head : heads_of(db, a)) print(a, head);
        return {};
    });
}

std::filesystem::path state_of(Arguments const& a) {
    if (!a.state.empty()) return a.state;
    if (!a.database.data.empty()) return a.database.data;
    throw CommandFailed{"With --database, name the directory that has the server's keys: --state DIR"};
}

/// Says on a terminal how far it is.
std::function<void(std::uint64_t)> progress() {
    if (!::isatty(STDERR_FILENO)) return {};
    return [](std::uint64_t looked_at) {
        std::cerr << "\rlooked at " << looked_at << " entries and rows" << std::flush;
    };
}

/// Recomputes everything, shows what does not fit, and ends the command if anything does not.
void check(Arguments const& a, db::PgSession& db) {
    std::filesystem::path const state = state_of(a);
    auto place = service::KeyPlace::below(state);
    if (!a.passphrase_file.empty()) place.passphrase_file = a.passphrase_file;
    SystemClock const clock;
    auto const keys = must(service::KeyService::open_existing(place, clock));
    service::Vault const vault = keys->vault();
    service::LogWalkParts parts{.keys = service::log_keys(*keys), .vault = vault, .directory = state / "log"};
    if (a.shard) parts.shard = a.shard;
    auto const mismatches = service::check_whole_log(db, std::move(parts), progress());
    if (::isatty(STDERR_FILENO)) std::cerr << "\n";
    for (service::LogMismatch const& found : mismatches)
        std::cout << (found.shard ? "shard " + std::to_string(found.shard) + ": " : "") << found.what.en
                  << "\n";
    if (!mismatches.empty())
        throw CommandFailed{"The log is damaged in " + std::to_string(mismatches.size()) +
                            " places. Nothing was changed; docs/ledger.md says what to do."};
}

/// Like with_session, but each step of `body` has a transaction of its own: a whole log takes long.
void with_steps(Arguments const& a, std::function<void(db::PgSession&)> const& body) {
    Database const database = must(Database::open(a.database, Database::Use::administer));
    try {
        db::PgSession db(database.connection());
        body(db);
    } catch (db::DbError const& error) {
        fail(db::fault_of(error));
    } catch (FaultError const& error) {
        fail(error.fault);
    }
}

void check_log(Arguments const& a) {
    with_steps(a, [&](db::PgSession& db) {
        auto const heads = heads_of(db, a);
        check(a, db);
        for (store::LogHead const& head : heads) print(a, head);
        if (!a.json) std::cout << "Everything that is stored fits what was signed.\n";
    });
}

void thaw(Arguments const& a) {
    with_steps(a, [&](db::PgSession& db) {
        if (!heads_of(db, a).front().frozen_why)
            throw CommandFailed{"Shard " + std::to_string(a.shard) + " is not frozen."};
        check(a, db);
        store::thaw_log(db, a.shard);
        print(a, heads_of(db, a).front());
    });
}

CLI::App* leaf(CLI::App& parent, char const* name, char const* about, std::shared_ptr<Arguments> const& a,
               void (*body)(Arguments const&)) {
    auto* command = parent.add_subcommand(name, about);
    add_database_options(*command, a->database);
    command->add_flag("--json", a->json, "Answers with one JSON document for each shard");
    command->callback([a, body] { body(*a); });
    return command;
}

void add_state_options(CLI::App& command, Arguments& a) {
    command.add_option("--state", a.state, "Directory with keys and heads; by default the data directory")
        ->type_name("DIR");
    command.add_option("--passphrase-file", a.passphrase_file, "As given to serve")->check(CLI::ExistingFile);
}

CLI::Option* add_shard(CLI::App& command, Arguments& a, char const* about) {
    return command.add_option("--shard", a.shard, about)->check(CLI::Range(1, 32767));
}

}  // namespace

void add_log_commands(CLI::App& app) {
    auto const a = std::make_shared<Arguments>();
    auto* log = app.add_subcommand("log", "The log that everybody can follow");
    log->require_subcommand(1);
    add_shard(*leaf(*log, "list", "Lists the shards: size, root, and whether one is frozen", a, list), *a,
              "Only this one");
    auto* look = leaf(*log, "check",
                      "Recomputes everything: entries, tiles, roots, signatures, and the rows that were "
                      "logged. The server may run meanwhile",
                      a, check_log);
    add_state_options(*look, *a);
    add_shard(*look, *a, "Only this one");
    auto* go_on =
        leaf(*log, "thaw", "Lets a frozen shard be signed again, if a check finds it sound", a, thaw);
    add_state_options(*go_on, *a);
    add_shard(*go_on, *a, "Which one")->required();
}

}  // namespace sponsio::app
