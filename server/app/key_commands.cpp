#include "server/app/key_commands.hpp"

#include "crypto/keys/store.hpp"
#include "server/app/cli.hpp"
#include "server/app/place.hpp"
#include "server/app/training_clock.hpp"
#include "server/service/keys/service.hpp"

#include <filesystem>
#include <iostream>
#include <memory>

namespace sponsio::app {
namespace {

using crypto::KeyEntry;
using service::KeyPlace;
using service::KeyService;

struct Arguments {
    DatabaseOptions place;
    std::filesystem::path state;
    std::filesystem::path passphrase_file;
    std::filesystem::path training_clock;
    bool json = false;
    std::string purpose;
    std::string algorithm;
    std::string pkcs11_uri;
    std::uint32_t overlap_hours = 24;
    bool make_store = false;
};

KeyPlace place_of(Arguments const& a) {
    KeyPlace place = KeyPlace::below(state_of(a.place, a.state));
    if (!a.passphrase_file.empty()) place.passphrase_file = a.passphrase_file;
    return place;
}

std::unique_ptr<Clock const> clock_of(Arguments const& a) {
    if (a.training_clock.empty()) return std::make_unique<SystemClock>();
    return must(TrainingClock::open(a.training_clock));
}

std::string text_of(std::chrono::sys_seconds t) {
    return to_rfc3339(Instant{t});
}

domain::Json view(KeyEntry const& key) {
    domain::JsonObject out{
        {"kid", key.kid},
        {"purpose", key.purpose},
        {"algorithm", crypto::name_of(key.key.algorithm())},
        {"created", text_of(key.created)},
        {"signs_from", text_of(key.not_before)},
        {"signs_until", key.retired_at ? domain::Json(text_of(*key.retired_at)) : domain::Json()}};
    if (!key.pkcs11_uri.empty()) out.add("pkcs11_uri", key.pkcs11_uri);
    return out;
}

void print(Arguments const& a, KeyEntry const& key) {
    if (a.json) {
        std::cout << json::write(view(key)) << "\n";
        return;
    }
    std::cout << key.purpose << "\n  kid:         " << key.kid
              << "\n  algorithm:   " << crypto::name_of(key.key.algorithm())
              << "\n  signs from:  " << text_of(key.not_before)
              << "\n  signs until: " << (key.retired_at ? text_of(*key.retired_at) : "open") << "\n";
    if (!key.pkcs11_uri.empty()) std::cout << "  in token:    " << key.pkcs11_uri << "\n";
}

/// The newest seals. Another one is there for as long as a data key may be wrapped in it.
void print(Arguments const& a, crypto::SecretInfo const& key, bool newest) {
    if (a.json) {
        std::cout << json::write(domain::JsonObject{{"kid", key.id},
                                                    {"purpose", service::purpose::sealing},
                                                    {"algorithm", "aes-256-kw"},
                                                    {"created", text_of(key.created)},
                                                    {"newest", newest}})
                  << "\n";
        return;
    }
    std::cout << service::purpose::sealing << "\n  kid:         " << key.id
              << "\n  created:     " << text_of(key.created)
              << (newest ? "\n  seals\n" : "\n  is destroyed when nothing is wrapped in it any more\n");
}

void print_sealing(Arguments const& a, KeyService const& keys) {
    auto const all = keys.sealing_keys();
    for (crypto::SecretInfo const& key : all) print(a, key, &key == &all.back());
}

void print_all(Arguments const& a, KeyService const& keys) {
    for (KeyEntry const& key : keys.keys()) print(a, key);
    print_sealing(a, keys);
}

void print_one(Arguments const& a, KeyService const& keys, std::string const& kid) {
    for (KeyEntry const& key : keys.keys())
        if (key.kid == kid) print(a, key);
}

void list(Arguments const& a) {
    auto const clock = clock_of(a);
    print_all(a, *must(KeyService::open_existing(place_of(a), *clock)));
}

/// Keys where there were none open nothing that was sealed before: a mistyped place must not get them.
void require_keys_or_wish(Arguments const& a, KeyPlace const& place) {
    std::error_code unreadable;
    if (a.make_store || std::filesystem::exists(place.directory / "manifest.json", unreadable)) return;
    throw CommandFailed{
        in_own_language(
            {"There are no keys in " + place.directory.string() +
                 ". Name the directory that `sponsio serve` was given; for keys of a new "
                 "server say so with --new.",
             place.directory.string() +
                 " 中没有密钥。请指定 `sponsio serve` 所用的目录；为新服务器创建密钥请加 --new。"}),
        ExitCode::nothing_there};
}

/// Without a purpose: the store and the keys every server needs, as its first start would make them.
void create(Arguments const& a) {
    auto const clock = clock_of(a);
    if (a.purpose.empty()) {
        must(require_parent(state_of(a.place, a.state), "the directory"));
        require_keys_or_wish(a, place_of(a));
        print_all(a, *must(KeyService::open(place_of(a), *clock)));
        return;
    }
    auto const keys = must(KeyService::open_existing(place_of(a), *clock));
    auto const algorithm = crypto::algorithm_named(a.algorithm).value();
    print_one(a, *keys, must(keys->create(a.purpose, algorithm, clock->now())));
}

std::chrono::hours overlap_of(Arguments const& a) {
    return std::chrono::hours{a.overlap_hours};
}

void rotate(Arguments const& a) {
    auto const overlap = overlap_of(a);
    auto const clock = clock_of(a);
    auto const keys = must(KeyService::open_existing(place_of(a), *clock));
    std::string const kid = must(keys->rotate(a.purpose, clock->now(), overlap));
    if (a.purpose == service::purpose::sealing)
        print_sealing(a, *keys);
    else
        print_one(a, *keys, kid);
}

void attach(Arguments const& a) {
    auto const overlap = overlap_of(a);
    auto const clock = clock_of(a);
    auto const keys = must(KeyService::open_existing(place_of(a), *clock));
    print_one(a, *keys, must(keys->attach(a.purpose, a.pkcs11_uri, clock->now(), overlap)));
}

CLI::App* leaf(CLI::App& parent, char const* name, char const* about, std::shared_ptr<Arguments> const& a,
               void (*body)(Arguments const&)) {
    auto* command = parent.add_subcommand(name, about);
    add_config_option(*command, ConfigUse::place);
    command->add_option("--data", a->place.data, "Data directory; the keys are in DIR/keys")
        ->type_name("DIR");
    command->add_option("--state", a->state, "State directory, which has them beside a database of yours")
        ->type_name("DIR");
    command
        ->add_option("--passphrase-file", a->passphrase_file,
                     "File with the passphrase; else the one SPONSIO_PASSPHRASE_FILE names, else what "
                     "SPONSIO_PASSPHRASE says, else DIR/keys/passphrase")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command->add_option("--training-clock", a->training_clock, "As given to serve")->type_name("FILE");
    command->add_flag("--json", a->json, "Answers with one JSON document for each key");
    command->callback([a, body] { body(*a); });
    return command;
}

void add_overlap(CLI::App& command, Arguments& a) {
    command.add_option("--overlap", a.overlap_hours, "Hours until the new key signs")
        ->type_name("HOURS")
        ->transform(whole_number(0, 24 * 366))
        ->capture_default_str();
}

}  // namespace

void add_key_commands(CLI::App& app) {
    auto const a = std::make_shared<Arguments>();
    auto* key =
        app.add_subcommand("key", "Signing keys: record and check (ES256), submission (SM2), log (Ed25519)");
    key->require_subcommand(1);
    leaf(*key, "list", "Lists every key there ever was, with the time in which it signs", a, list);
    auto* make = leaf(*key, "create", "Makes the key store and its first keys, or a key of another purpose",
                      a, create);
    make->add_flag("--new", a->make_store, "Makes them for a new server, where there are none yet");
    auto* purpose = make->add_option("--purpose", a->purpose, "What the key is for");
    auto* algorithm = make->add_option("--algorithm", a->algorithm, "es256, ed25519 or sm2")
                          ->check(one_of({"es256", "ed25519", "sm2"}))
                          ->needs(purpose);
    purpose->needs(algorithm);
    auto* change =
        leaf(*key, "rotate",
             "Makes the successor of a key; it is published at once and signs after the overlap. "
             "The old one stays published, so that what it signed verifies for ever. A sealing key "
             "takes over at once; a running server wraps all data keys anew and destroys the old "
             "one, with which copies of what was erased end",
             a, rotate);
    change->add_option("--purpose", a->purpose, "record, submission, log, draw, check or sealing")
        ->required();
    add_overlap(*change, *a);
    auto* token =
        leaf(*key, "attach",
             "Lists a key that is in a PKCS#11 token: the first of its purpose, or the successor of "
             "the last one as with rotate. The PIN comes from the file that pin-source in the URI or "
             "SPONSIO_PKCS11_PIN_FILE names, else from SPONSIO_PKCS11_PIN",
             a, attach);
    token->add_option("--purpose", a->purpose, "record or log")->required();
    token->add_option("--pkcs11-uri", a->pkcs11_uri, "Which key (RFC 7512), with module-path=LIBRARY")
        ->type_name("URI")
        ->required();
    add_overlap(*token, *a);
}

}  // namespace sponsio::app
