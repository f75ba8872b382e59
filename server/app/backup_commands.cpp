#include "server/app/backup_commands.hpp"

#include "crypto/durable_file.hpp"
#include "crypto/keys/store.hpp"
#include "reference/front/files.hpp"
#include "server/app/backup.hpp"
#include "server/app/cli.hpp"
#include "server/app/last_backup.hpp"
#include "server/app/place.hpp"
#include "server/db/dump.hpp"
#include "server/store/log.hpp"
#include "text/bytes.hpp"
#include "text/json.hpp"

#include <fcntl.h>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace sponsio::app {
namespace {

namespace fs = std::filesystem;

struct Arguments {
    DatabaseOptions database;
    fs::path state;
    fs::path directory;     ///< of the backup
    fs::path sealing_keys;  ///< the copy of the sealing keys; empty: beside the backup
    std::string config;     ///< to keep a copy of; empty: none was given
};

json::Array heads_in(db::PgSession& session) {
    json::Array heads;
    for (store::LogHead const& head : store::log_heads(session))
        heads.push_back(json::Object{{"shard", std::int64_t{head.shard}},
                                     {"origin", head.origin},
                                     {"size", static_cast<std::int64_t>(head.size)},
                                     {"root", to_base64(head.root)},
                                     {"checkpoint", head.checkpoint}});
    return heads;
}

void refuse_if_there(fs::path const& place, Bilingual const& why) {
    if (fs::exists(fs::symlink_status(place)))
        throw CommandFailed{
            in_own_language({place.string() + " is there already" + why.en + "; nothing was changed.",
                             place.string() + " 已存在" + why.zh + "；未作任何改动。"}),
            ExitCode::would_overwrite};
}

/// Written by another program, so flushed by us.
void flush(fs::path const& file) {
    int const descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    bool const flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (!flushed)
        throw CommandFailed{in_own_language({file.string() + " could not be written to disk.",
                                             file.string() + " 无法写入磁盘。"}),
                            ExitCode::unavailable};
}

void flush_directory(fs::path const& directory) {
    if (auto done = crypto::sync_directory(directory); !done) fail(front::unusable(directory, done.error()));
}

fs::path partial(fs::path const& place) {
    return place.string() + ".partial";
}

fs::path without_slash(fs::path const& place) {
    return (fs::absolute(place) / "").lexically_normal().parent_path();
}

/// Under its last name only now that all of it is on disk: a half one is never taken for a whole.
void give_name(fs::path const& place) {
    std::error_code failed;
    fs::rename(partial(place), place, failed);
    if (failed)
        throw CommandFailed{in_own_language({place.string() + " cannot be named so: " + failed.message(),
                                             place.string() + " 无法命名：" + failed.message()}),
                            ExitCode::unavailable};
    flush_directory(place.parent_path());
}

// -------------------------------------------------------------------------------------------------- backup
/// Seconds since 1970 from which it no longer signs, in the manifest of keys.
bool is_retired(json::Value const& key) {
    json::Value const* const at = key.find("retired_at");
    return at && at->is_int() && Instant{std::chrono::seconds{at->as_int()}} <= SystemClock().now();
}

/// A set without the file of a key that still signs could be put back and then sign nothing.
void require_every_key(fs::path const& keys) {
    auto const text = must(front::read_file(keys / "manifest.json"));
    auto const listed = json::parse(text);
    json::Value const* const all = listed ? listed->find("keys") : nullptr;
    if (!all || !all->is_array())
        throw CommandFailed{in_own_language(
            {(keys / "manifest.json").string() + " is damaged; put it back from an earlier backup.",
             (keys / "manifest.json").string() + " 已损坏，请从较早的备份恢复。"})};
    for (json::Value const& key : all->as_array()) {
        json::Value const* const kid = key.find("kid");
        if (!kid || !kid->is_string() || key.find("pkcs11_uri") || is_retired(key)) continue;
        fs::path const file = keys / (kid->as_string() + ".pem");
        if (!fs::exists(file))
            throw CommandFailed{in_own_language(
                {"The key file " + file.string() +
                     " is lacking, so a backup could not be used; put it back from an earlier one first.",
                 "缺少密钥文件 " + file.string() + "，备份将无法使用；请先从较早的备份恢复该文件。"})};
    }
}

void take_keys(fs::path const& keys, fs::path const& into, BackupManifest& manifest) {
    fs::create_directory(into / "keys");
    for (std::string const& name : key_files(keys)) {
        must(copy_private(keys / name, into / "keys" / name));
        manifest.files.push_back(must(describe(into, "keys/" + name)));
    }
    flush_directory(into / "keys");
}

std::string sealing_keys_of(fs::path const& keys) {
    auto const text = front::read_file(keys / crypto::sealing_keys_name);
    return text ? *text : "";
}

/// One copy beside all backups, not one in each: a key that was destroyed must not open an old one.
void copy_sealing_keys(fs::path const& keys, fs::path const& folder) {
    if (!fs::exists(keys / crypto::sealing_keys_name))
        return;  // a store of an earlier version has them in its manifest
    fs::path const copy = must(sealing_copy(folder, keys));
    auto const text = must(front::read_file(keys / crypto::sealing_keys_name));
    auto const written =
        fs::exists(copy) ? crypto::rewrite_private_file(copy, text) : crypto::write_private_file(copy, text);
    if (!written) fail(front::unusable(copy, written.error()));
    std::cout << "The sealing keys are in " << copy.string()
              << ", which the next backup here replaces: keep no older state of it.\n";
}

void back_up(Arguments a) {
    fs::path const state = state_of(a.database, a.state);
    a.directory = without_slash(a.directory);
    refuse_if_there(a.directory, {});
    refuse_if_there(partial(a.directory),
                    {", of a backup that was broken off: remove it", "，为中断的备份所留，请删除"});
    must(require_parent(a.directory, "the backup"));
    if (!fs::exists(state / "keys" / "manifest.json"))
        throw CommandFailed{
            in_own_language({"There are no keys in " + (state / "keys").string() +
                                 "; name the directory that has them with --state.",
                             (state / "keys").string() + " 中没有密钥，请以 --state 指定存放密钥的目录。"}),
            ExitCode::nothing_there};
    require_every_key(state / "keys");
    Database const database = open_database(a.database);
    fs::path const into = partial(a.directory);
    must(front::make_private_directory(into));
    SystemClock const clock;
    Instant const now = clock.now();
    std::string const sealing = sealing_keys_of(state / "keys");
    BackupManifest manifest{.version = SPONSIO_VERSION, .made_at = to_rfc3339(now), .heads = {}, .files = {}};
    try {
        db::Snapshot snapshot({.uri = database.owner_uri()});
        manifest.heads = heads_in(snapshot.session());
        must(db::dump(database.owner_uri(), snapshot, into / dump_name));
    } catch (db::DbError const& error) {
        fail(db::fault_of(error));
    }
    flush(into / dump_name);
    manifest.files.push_back(must(describe(into, dump_name)));
    // After the database: signing keys are only ever added, so what it was signed with is among them.
    take_keys(state / "keys", into, manifest);
    if (sealing_keys_of(state / "keys") != sealing) {
        std::error_code ignored;
        fs::remove_all(into, ignored);
        throw CommandFailed{
            in_own_language(
                {"The sealing keys changed meanwhile, so the copy might open with none; begin again.",
                 "备份期间封存密钥已变更，该备份可能无法打开，请重新备份。"}),
            ExitCode::unavailable};
    }
    if (!a.config.empty()) {
        must(copy_private(a.config, into / "sponsio.conf"));
        manifest.files.push_back(must(describe(into, "sponsio.conf")));
    }
    if (auto written = crypto::write_private_file(into / manifest_name, manifest.text()); !written)
        fail(front::unusable(into / manifest_name, written.error()));
    flush_directory(into);
    give_name(a.directory);
    must(note_backup(state, now));
    std::cout << "Database and keys are in " << a.directory.string() << ".\n";
    copy_sealing_keys(state / "keys", a.directory.parent_path());
    if (!fs::exists(a.directory / "keys" / "passphrase"))
        std::cout << "The passphrase is not among them: keep it elsewhere.\n";
}

// ------------------------------------------------------------------------------------------------- restore
void put_keys_back(fs::path const& from, fs::path const& sealing_keys, fs::path const& into,
                   BackupManifest const& manifest) {
    must(front::make_private_directory(into / "keys"));
    for (BackupFile const& file : manifest.files)
        if (file.path.starts_with("keys/")) must(copy_private(from / file.path, into / file.path));
    if (!has_sealing_keys_within(from / "keys"))
        must(copy_private(sealing_keys, into / "keys" / crypto::sealing_keys_name));
    // The heads of then are no heads to go on from: what was published since would be signed a second time.
    if (auto written = crypto::write_private_file(into / "restored-from.json", manifest.text()); !written)
        fail(front::unusable(into, written.error()));
    flush_directory(into / "keys");
    flush_directory(into);
}

void restore_private(Arguments const& a, BackupManifest const& manifest) {
    fs::path const place = without_slash(a.database.data);
    refuse_if_there(place, {});
    refuse_if_there(partial(place),
                    {", of a restore that was broken off: remove it", "，为中断的恢复所留，请删除"});
    must(require_parent(place, "--data"));
    {
        Database database = must(Database::reach({.data = partial(place)}, Database::Use::serve));
        must(db::load_dump(database.owner_uri(), a.directory / dump_name));
        database.stop();
    }
    put_keys_back(a.directory, a.sealing_keys, partial(place), manifest);
    give_name(place);
}

void restore_shared(Arguments const& a, BackupManifest const& manifest) {
    fs::path const place = without_slash(state_of(a.database, a.state));
    refuse_if_there(place / "keys", {});
    must(require_parent(place, "--state"));
    if (!must(db::is_empty(a.database.uri)))
        throw CommandFailed{
            in_own_language({"The database is not empty; nothing was changed. Make a new one, and "
                             "name that.",
                             "数据库不为空，未作任何改动。请新建数据库并指定之。"}),
            ExitCode::would_overwrite};
    must(db::load_dump(a.database.uri, a.directory / dump_name));
    must(front::make_private_directory(place));
    put_keys_back(a.directory, a.sealing_keys, place, manifest);
}

void restore(Arguments a) {
    a.directory = without_slash(a.directory);
    auto const manifest = BackupManifest::read(a.directory);
    if (!manifest) throw CommandFailed{sentence_of(manifest.error()), ExitCode::nothing_there};
    must(verify(a.directory, *manifest));
    if (a.sealing_keys.empty())
        a.sealing_keys = must(sealing_copy(a.directory.parent_path(), a.directory / "keys"));
    if (!has_sealing_keys_within(a.directory / "keys") && !fs::exists(a.sealing_keys))
        throw CommandFailed{
            in_own_language(
                {"The sealing keys are not at " + a.sealing_keys.string() +
                     ", without which nothing sealed can be read; name their copy with --sealing-keys.",
                 a.sealing_keys.string() + " 处没有封存密钥，缺少它则无法读取任何密封内容；请以 "
                                           "--sealing-keys 指定其副本。"}),
            ExitCode::nothing_there};
    if (a.database.uri.empty() && a.database.data.empty())
        throw CommandFailed{
            in_own_language({"Say where to: --data NEWDIR, or --database-file FILE with --state NEWDIR.",
                             "请指定恢复位置：--data NEWDIR，或者 --database-file FILE 和 --state NEWDIR。"}),
            ExitCode::usage};
    if (a.database.uri.empty())
        restore_private(a, *manifest);
    else
        restore_shared(a, *manifest);
    std::cout
        << "Database and keys of " << manifest->made_at << " are back.\n"
        << "What was filed after that is not in them, and the log must not be signed a second time. Before "
           "you start the server:\n  sponsio log resume "
        << (a.database.uri.empty() ? "--data " + a.database.data.string()
                                   : "--database-file FILE --state " + a.state.string())
        << " --accept-loss --reason WHY\nends it before everybody's eyes and begins another shard; name the "
           "directory with the head files of the lost server with --from, if they are still there.\n";
}

}  // namespace

void add_backup_commands(CLI::App& app) {
    auto const a = std::make_shared<Arguments>();
    auto* take = app.add_subcommand(
        "backup", "Writes database and keys as one set to a new directory; the server may run meanwhile");
    add_database_options(*take, a->database);
    take->add_option("--state", a->state, "Directory with the keys; by default the data directory")
        ->type_name("DIR");
    take->add_option("directory", a->directory, "Where to; must not be there yet")
        ->type_name("DIR")
        ->required();
    take->callback([a, take] {
        if (auto const* config = take->get_option("--config"); config->count() > 0)
            a->config = config->as<std::string>();
        back_up(*a);
    });
    auto* put = app.add_subcommand("restore", "Puts such a set back, to a place where nothing is yet");
    add_database_options(*put, a->database);
    put->add_option("--state", a->state, "New directory for the keys, beside a database of yours")
        ->type_name("DIR");
    put->add_option("--sealing-keys", a->sealing_keys,
                    "Copy of the sealing keys; by default the one that lies beside the backup")
        ->type_name("FILE");
    put->add_option("directory", a->directory, "The backup")->type_name("DIR")->required();
    put->callback([a] { restore(*a); });
}

}  // namespace sponsio::app
