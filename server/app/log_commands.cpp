#include "server/app/log_commands.hpp"

#include "crypto/keys/store.hpp"
#include "crypto/random.hpp"
#include "server/app/cli.hpp"
#include "server/client/witness_client.hpp"
#include "server/service/keys/service.hpp"
#include "server/service/log/resume.hpp"
#include "server/service/log/walk.hpp"
#include "server/service/parties/taking_over.hpp"
#include "server/service/unit/transaction.hpp"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace sponsio::app {
namespace {

namespace fs = std::filesystem;

struct Arguments {
    DatabaseOptions database;
    std::filesystem::path state;
    std::filesystem::path passphrase_file;
    std::vector<std::filesystem::path> heads;
    std::vector<std::string> places;  ///< of resume: also witnesses
    std::vector<std::filesystem::path> from;
    std::filesystem::path witness_ca;
    std::string reason;
    bool moved = false;
    bool accept_loss = false;
    std::int16_t new_number = 0;  ///< 0: the next
    std::int16_t shard = 0;       ///< 0: all
    bool json = false;
};

domain::Json view(store::LogHead const& head) {
    return domain::JsonObject{
        {"shard", std::int64_t{head.shard}},
        {"origin", head.origin},
        {"size", static_cast<std::int64_t>(head.size)},
        {"root", to_base64(head.root)},
        {"signed_at", to_rfc3339(head.signed_at)},
        {"frozen", head.frozen_why ? domain::Json(*head.frozen_why) : domain::Json()},
        {"ended_at", head.ended_at ? domain::Json(to_rfc3339(*head.ended_at)) : domain::Json()}};
}

std::string state_word(store::LogHead const& head) {
    if (head.ended_at)
        return "ended at " + to_rfc3339(*head.ended_at) + "; its checkpoint is its last statement";
    return head.frozen_why ? "frozen: " + *head.frozen_why : "in use";
}

void print(Arguments const& a, store::LogHead const& head) {
    if (a.json) {
        std::cout << json::write(view(head)) << "\n";
        return;
    }
    std::cout << "shard " << head.shard << "\n  origin:    " << head.origin << "\n  size:      " << head.size
              << "\n  root:      " << to_base64(head.root) << "\n  signed at: " << to_rfc3339(head.signed_at)
              << "\n  state:     " << state_word(head) << "\n";
}

/// Those that are asked for, in order.
std::vector<store::LogHead> heads_of(db::PgSession& db, Arguments const& a) {
    auto heads = store::log_heads(db);
    std::erase_if(heads, [&](store::LogHead const& head) { return a.shard && head.shard != a.shard; });
    if (a.shard && heads.empty())
        throw CommandFailed{in_own_language(
            {"There is no shard " + std::to_string(a.shard) + "; list them with: sponsio log list",
             "没有第 " + std::to_string(a.shard) + " 分片；列出分片：sponsio log list"})};
    return heads;
}

void list(Arguments const& a) {
    with_session(a.database, [&](db::PgSession& db) -> Outcome<void> {
        for (store::LogHead const& head : heads_of(db, a)) print(a, head);
        return {};
    });
}

std::vector<fs::path> heads_below(Arguments const& a, fs::path const& state) {
    if (!a.heads.empty()) return a.heads;
    return {state / "log"};
}

/// Says on a terminal how far it is.
std::function<void(std::uint64_t)> progress() {
    if (!::isatty(STDERR_FILENO)) return {};
    return [](std::uint64_t looked_at) {
        std::cerr << "\rlooked at " << looked_at << " entries and rows" << std::flush;
    };
}

std::unique_ptr<service::KeyService> keys_of(Arguments const& a, Clock const& clock) {
    auto place = service::KeyPlace::below(state_of(a.database, a.state));
    if (!a.passphrase_file.empty()) place.passphrase_file = a.passphrase_file;
    return must(service::KeyService::open_existing(place, clock));
}

/// Recomputes everything, shows what does not fit, and ends the command if anything does not.
void check(Arguments const& a, db::PgSession& db) {
    std::filesystem::path const state = state_of(a.database, a.state);
    SystemClock const clock;
    auto const keys = keys_of(a, clock);
    service::Vault const vault = keys->vault();
    service::LogWalkParts parts{.keys = service::log_keys(*keys),
                                .vault = vault,
                                .heads = heads_below(a, state),
                                .registry_proven = service::registry_is_proven(*keys),
                                .rows_proven = service::rows_are_proven(*keys)};
    if (a.shard) parts.shard = a.shard;
    auto const mismatches = service::check_whole_log(db, std::move(parts), progress());
    if (::isatty(STDERR_FILENO)) std::cerr << "\n";
    for (service::LogMismatch const& found : mismatches)
        std::cout << (found.shard ? "shard " + std::to_string(found.shard) + ": " : "")
                  << in_own_language(found.what) << "\n";
    if (!mismatches.empty())
        throw CommandFailed{
            in_own_language({"The log is damaged in " + std::to_string(mismatches.size()) +
                                 " places. Nothing was changed; docs/ledger.md says what to do.",
                             "日志有 " + std::to_string(mismatches.size()) +
                                 " 处损坏，未作任何改动；处理办法见 docs/ledger.md。"})};
}

/// Like with_session, but each step of `body` has a transaction of its own: a whole log takes long.
void with_steps(Arguments const& a, std::function<void(db::PgSession&)> const& body) {
    Database const database = open_database(a.database);
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
            throw CommandFailed{in_own_language({"Shard " + std::to_string(a.shard) + " is not frozen.",
                                                 "第 " + std::to_string(a.shard) + " 分片未被冻结。"})};
        check(a, db);
        store::thaw_log(db, a.shard);
        print(a, heads_of(db, a).front());
    });
}

/// Proves the rows that `check` names because another program wrote them, and that are right.
void vouch(Arguments const& a) {
    with_steps(a, [&](db::PgSession& db) {
        SystemClock const clock;
        auto const keys = keys_of(a, clock);
        must(service::take_over_rows(db, *keys, clock.now()));
        auto const rows = must(service::in_transaction(db, [&](db::PgSession& session) {
            return service::vouch_for_rows(session, keys->vault(), a.reason, clock.now());
        }));
        for (std::string const& row : rows)
            std::cout << (a.json ? json::write(domain::JsonObject{{"row", row}}) : row) << "\n";
    });
}

// ---------------------------------------------------------------------------------------------------- resume
/// As serve is told; witnesses are asked under the same authorities.
service::HeadPlaces places_of(Arguments const& a, db::PgSession& db) {
    service::HeadPlaces places;
    for (std::string const& place : a.places) {
        if (place.find("://") == std::string::npos)
            places.directories.emplace_back(place);
        else
            places.witnesses.push_back(
                must(client::make_witness_client({.url = place, .ca_file = a.witness_ca})));
    }
    if (a.places.empty()) places.directories.push_back(state_of(a.database, a.state) / "log");
    // Each witness is asked on a thread of its own, and there is one session for all.
    places.prove = [&db, one_by_one = std::make_shared<std::mutex>()](
                       std::int16_t shard, std::uint64_t old_size, std::uint64_t size) {
        std::lock_guard const lock(*one_by_one);
        return service::StoredTree(db, shard, size).consistency(old_size);
    };
    return places;
}

service::ResumeHow how_of(Arguments const& a) {
    if (a.accept_loss) return service::ResumeHow::accept_loss;
    return a.moved ? service::ResumeHow::moved : service::ResumeHow::confirmed;
}

void tell(Arguments const& a, service::ShardResumed const& done) {
    if (a.json) {
        domain::JsonObject said{{"shard", std::int64_t{done.shard}}};
        said.add("continues", done.continues ? view(*done.continues) : domain::Json());
        std::cout << json::write(said) << "\n";
    } else if (done.continues) {
        std::cout
            << "shard " << done.shard << " has ended; " << done.continues->origin
            << " goes on. Both say so to everybody. Start the server (again) now, and give witnesses the\n"
               "verifier key at /log/"
            << done.continues->shard << "/vkeys.\n";
    } else {
        std::cout << "shard " << done.shard << " goes on.\n";
    }
}

/// Shards that need nothing are left alone, unless one is named.
/// No server may write a shard while its log goes on in another way. One that is gone without a word keeps
/// its lease until the term is over.
void keep_servers_away(db::PgSession& db, std::int16_t shard, Uuid const& holder) {
    auto const limit = std::chrono::steady_clock::now() + store::lease_term + std::chrono::seconds{1};
    while (!store::try_lease(db, shard, holder)) {
        if (std::chrono::steady_clock::now() > limit)
            throw CommandFailed{
                in_own_language({"A server writes shard " + std::to_string(shard) + "; stop it first.",
                                 "有服务器正在写入第 " + std::to_string(shard) + " 分片，请先停止。"})};
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
    }
}

void resume(Arguments const& a) {
    with_steps(a, [&](db::PgSession& db) {
        SystemClock const clock;
        auto const keys = keys_of(a, clock);
        service::LogResumeParts parts{.keys = service::log_keys(*keys),
                                      .heads = places_of(a, db),
                                      .from = a.from,
                                      .reason = a.reason,
                                      .new_number = std::nullopt,
                                      .clock = clock};
        if (a.new_number) parts.new_number = a.new_number;
        for (store::LogHead const& head : heads_of(db, a)) {
            bool const sound =
                head.ended_at || (!head.frozen_why && service::check_confirmed(db, head, parts));
            if (sound && !a.shard) continue;
            Uuid const holder = Uuid::v7(clock.now(), crypto::system_entropy().array<10>());
            if (!head.ended_at) keep_servers_away(db, head.shard, holder);
            auto const resumed = service::resume_shard(db, head.shard, how_of(a), parts);
            store::release_lease(db, head.shard, holder);
            tell(a, must(resumed));
        }
    });
}

CLI::App* leaf(CLI::App& parent, char const* name, char const* about, std::shared_ptr<Arguments> const& a,
               void (*body)(Arguments const&)) {
    auto* command = parent.add_subcommand(name, about);
    add_database_options(*command, a->database);
    command->add_flag("--json", a->json, "Answers with one JSON document a line");
    command->callback([a, body] { body(*a); });
    return command;
}

void add_heads_option(CLI::App& command, Arguments& a) {
    several(command.add_option("--heads", a.heads, "Directories of heads, as given to serve"))
        ->type_name("DIR");
}

CLI::Option* add_shard(CLI::App& command, Arguments& a, char const* about) {
    return command.add_option("--shard", a.shard, about)->type_name("N")->transform(whole_number(1, 32767));
}

void add_resume(CLI::App& log, std::shared_ptr<Arguments> const& a) {
    auto* command =
        leaf(log, "resume",
             "Goes on with shards that no majority of the places outside the database confirms. Stop "
             "the server first. Without --moved and --accept-loss a place that is no copy must know the "
             "log: the others learn it from there",
             a, resume);
    add_state_options(*command, a->state, a->passphrase_file);
    add_shard(*command, *a, "Only this one, even if it is confirmed");
    several(command->add_option("--heads", a->places, "Directories and witnesses, as given to serve"))
        ->type_name("PLACE");
    command->add_option("--witness-ca", a->witness_ca, "Only certificates of this PEM file are trusted there")
        ->check(CLI::ExistingFile);
    several(command->add_option("--from", a->from, "Directory that had the heads so far; may be repeated"))
        ->type_name("DIR")
        ->check(CLI::ExistingDirectory);
    auto* moved = command->add_flag(
        "--moved", a->moved,
        "The heads were copied here after the server that wrote them had stopped for good. Told in the log");
    auto* loss = command->add_flag("--accept-loss", a->accept_loss,
                                   "Entries that were published may be lost: ends the shard with a last "
                                   "statement, and begins a new one. "
                                   "Told in both");
    moved->excludes(loss);
    auto* reason = command->add_option("--reason", a->reason, "Why, for everybody to read");
    loss->needs(reason);
    reason->check([](std::string const& text) {
        return text.size() > 500 ? std::string("at most 500 bytes") : std::string();
    });
    command
        ->add_option("--as", a->new_number, "Number of the new shard; by default the next that nobody knows")
        ->type_name("N")
        ->transform(whole_number(1, 32767))
        ->needs(loss);
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
    add_state_options(*look, a->state, a->passphrase_file);
    add_heads_option(*look, *a);
    add_shard(*look, *a, "Only this one");
    auto* go_on =
        leaf(*log, "thaw", "Lets a frozen shard be signed again, if a check finds it sound", a, thaw);
    add_state_options(*go_on, a->state, a->passphrase_file);
    add_heads_option(*go_on, *a);
    add_shard(*go_on, *a, "Which one")->required();
    auto* answer =
        leaf(*log, "vouch",
             "Proves rows that another program wrote, as that of an earlier version; look at them first", a,
             vouch);
    add_state_options(*answer, a->state, a->passphrase_file);
    answer->add_option("--reason", a->reason, "Why they are right as they stand; kept in the history")
        ->required();
    add_resume(*log, a);
}

}  // namespace sponsio::app
