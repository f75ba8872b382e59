#include "crypto/keys/store.hpp"
#include "server/app/certificate_look.hpp"
#include "server/app/doctor.hpp"
#include "server/app/identity.hpp"
#include "server/app/last_backup.hpp"
#include "server/app/profile.hpp"
#include "server/app/server_keys.hpp"
#include "server/app/wings/cosigning.hpp"

#include <sys/stat.h>

namespace sponsio::app {
namespace {

namespace fs = std::filesystem;

/// Each refusal of `serve`. What production alone refuses is only worth a word in training.
void look_at_options(ServeOptions const& options, Diagnoses& diagnoses) {
    bool const production = profile_of(options) == Profile::production;
    diagnoses.add("profile", Health::ok, production ? "production." : "training.");
    auto const wrong = option_refusals(options);
    for (Bilingual const& refusal : wrong) diagnoses.add("options", Health::fail, refusal.en);
    auto const unfit = production_refusals(options);
    for (Bilingual const& refusal : unfit)
        diagnoses.add("production", production ? Health::fail : Health::warn, refusal.en);
    if (wrong.empty() && unfit.empty())
        diagnoses.add("production", Health::ok, "Nothing in the options stands against production.");
}

/// What a retired key signed is verified with its public half, which the manifest has: its file serves nobody
/// any more, but somebody may have taken it.
void look_for_retired_keys(service::KeyService const& keys, fs::path const& directory, Instant now,
                           Diagnoses& diagnoses) {
    std::string lost;
    for (crypto::KeyEntry const& key : keys.keys()) {
        std::error_code none;
        bool const retired = key.retired_at && *key.retired_at <= now;
        if (retired && key.pkcs11_uri.empty() && !fs::exists(directory / (key.kid + ".pem"), none))
            lost += (lost.empty() ? "" : ", ") + key.kid;
    }
    if (lost.empty()) return;
    diagnoses.add("retired_keys", Health::warn, "The files of these retired keys are lacking: " + lost + ".",
                  "Nothing needs them any more. Unless you removed them, see who did.");
}

void look_at_sealing_keys(service::KeyService const& keys, ServeOptions const& options,
                          Diagnoses& diagnoses) {
    auto const sealing = keys.sealing_keys();
    auto const last = last_backup(options.state);
    bool const behind = last && *last < Instant{sealing.back().created};
    diagnoses.judge(
        "sealing_keys", sealing.size() == 1, "Everything sealed is wrapped in one sealing key.", Health::warn,
        "There are " + std::to_string(sealing.size()) +
            " sealing keys: data keys are still to be wrapped anew in the newest.",
        "A running server does it and destroys the old ones; sponsio key list shows how far it is.");
    if (behind)
        diagnoses.add("backup_keys", Health::warn,
                      "The sealing key is newer than the last backup, which will open no more.",
                      "Make a backup now: sponsio backup DIR");
}

void look_at_keys(ServeOptions const& options, Diagnoses& diagnoses) {
    auto const place = key_place(options.state, options.passphrase_file);

    struct stat directory {};

    if (::stat(place.directory.c_str(), &directory) != 0) {
        diagnoses.add("keys", Health::fail, "There are no keys in " + place.directory.string() + ".",
                      "Make store and keys with: sponsio init");
        return;
    }
    SystemClock const clock;
    auto const keys = service::KeyService::open_existing(place, clock);
    diagnoses.judge(
        "keys", keys.has_value(),
        keys ? std::to_string((*keys)->keys().size()) + " signing keys, opened by the passphrase." : "",
        Health::fail, keys ? "" : keys.error().detail.en, "Name the right passphrase file, as for serve.");
    if (keys) {
        look_for_retired_keys(**keys, place.directory, clock.now(), diagnoses);
        look_at_sealing_keys(**keys, options, diagnoses);
    }
    diagnoses.judge("key_permissions", (directory.st_mode & (S_IRWXG | S_IRWXO)) == 0,
                    "Only the owner reaches the keys.", Health::fail, "Others can reach the key directory.",
                    "chmod 700 " + place.directory.string());
}

void look_at_certificate(ServeOptions const& options, Diagnoses& diagnoses) {
    if (options.certificate.empty()) return;  // said by production_refusals
    std::string const host = options.issuer.empty() ? "" : host_of_issuer(options.issuer);
    auto const look = CertificateLook::at(options.certificate, options.certificate_key, host);
    if (!look) {
        diagnoses.add("certificate", Health::fail, look.error().detail.en);
        return;
    }
    auto const days = std::chrono::floor<std::chrono::days>(look->ends - SystemClock().now()).count();
    std::string const end =
        "It ends on " + to_rfc3339(look->ends) + ", in " + std::to_string(days) + " days.";
    diagnoses.judge("certificate_end", days >= 30, end, days < 1 ? Health::fail : Health::warn, end,
                    "Put a new one there; a running server takes it over on SIGHUP.");
    diagnoses.judge(
        "certificate_name", look->names_host, "It names " + host + ".",
        host.empty() ? Health::ok : Health::fail,
        host.empty() ? "There is no issuer to hold its names against." : "It does not name " + host + ".",
        host.empty() ? "" : "Get one for the host of --issuer.");
    diagnoses.judge("certificate_chain", look->chain_holds,
                    "Each certificate of the file is signed by the next.", Health::fail,
                    "The certificates of the file do not form a chain.",
                    "Put the leaf first and each issuer after it.");
    diagnoses.judge("certificate_issuer", !look->self_signed, "It is signed by an authority.", Health::warn,
                    "It is signed by itself.", "Get one from an authority that callers trust.");
}

void count_witnesses(ServeOptions const& options, Diagnoses& diagnoses) {
    auto const policy = witness_policy(options);
    if (!policy) {
        diagnoses.add("witnesses", Health::fail, policy.error().detail.en);
        return;
    }
    std::size_t const count = policy->witnesses.size();
    diagnoses.judge("witnesses", count != 0, std::to_string(count) + " cosign the log.", Health::warn,
                    "Nobody cosigns the log: it could show each reader another tree.",
                    "Have somebody else run `sponsio witness`, and give --witness and --witness-vkey.");
}

void look_at_heads(ServeOptions const& options, Diagnoses& diagnoses) {
    auto const places = head_places(options, {});
    if (!places) {
        diagnoses.add("heads", Health::fail, places.error().detail.en,
                      "Name directories and witnesses with --heads (docs/ledger.md).");
        return;
    }
    for (fs::path const& directory : places->directories)
        if (std::error_code none; !fs::is_directory(directory, none))
            diagnoses.add(
                "heads_directory", Health::warn, "There is no directory " + directory.string() + " yet.",
                "The first start makes it. If the log is not empty, see docs/ledger.md, How a log goes on.");
    std::size_t const count = places->directories.size() + places->witnesses.size();
    diagnoses.judge(
        "heads", count >= 3, std::to_string(count) + " places keep the log's heads outside the database.",
        Health::warn,
        "The log's heads are kept outside the database in " + std::to_string(count) +
            (count == 1 ? " place" : " places") + " only: when one is lost, a person has to decide.",
        "Give three of --heads, on disks and machines of their own or with witnesses.");
}

void look_at_backup(ServeOptions const& options, Diagnoses& diagnoses) {
    auto const last = last_backup(options.state);
    if (!last) {
        diagnoses.add("backup", Health::warn, "No backup was made with `sponsio backup`.",
                      "Make one every day: sponsio backup DIR");
        return;
    }
    auto const hours = std::chrono::floor<std::chrono::hours>(SystemClock().now() - *last).count();
    std::string const age = "The last backup is " + std::to_string(hours) + " hours old.";
    diagnoses.judge("backup", hours < 48, age, Health::warn, age, "Make one every day: sponsio backup DIR");
}

}  // namespace

void look_at_configuration(ServeOptions const& options, Diagnoses& diagnoses) {
    look_at_options(options, diagnoses);
    look_at_keys(options, diagnoses);
    look_at_certificate(options, diagnoses);
    count_witnesses(options, diagnoses);
    look_at_heads(options, diagnoses);
    look_at_backup(options, diagnoses);
}

}  // namespace sponsio::app
