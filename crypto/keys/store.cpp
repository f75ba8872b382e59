#include "crypto/keys/store.hpp"

#include "crypto/durable_file.hpp"
#include "crypto/keys/manifest.hpp"
#include "crypto/keys/pkcs11_signer.hpp"
#include "crypto/keys/wrap.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <system_error>

namespace sponsio::crypto {
namespace {

using Time = std::chrono::sys_seconds;
namespace fs = std::filesystem;

constexpr char const* manifest_name = "manifest.json";
constexpr char const* lock_name = "lock";
/// Longer than any process takes to read the store again.
constexpr std::chrono::seconds until_it_seals{5};

Error refuse(std::string_view code, char const* message, std::string where = {}) {
    return {.code = code, .message = message, .where = std::move(where)};
}

std::string file_of(std::string_view kid) {
    return std::string(kid) + ".pem";
}

bool is_purpose(std::string_view name) {
    auto const allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() <= 32 && std::ranges::all_of(name, allowed);
}

/// A fresh symmetric key under the store's wrapping key.
SecretEntry new_secret(std::string_view purpose, Time now, StoreKeys const& keys) {
    Secret key{Bytes(32)};
    system_entropy().fill(key.writable());
    return {to_hex(system_entropy().array<8>()), std::string(purpose), now,
            wrap_key(key.view(), keys.wrapping())};
}

KeyEntry* newest(std::vector<KeyEntry>& keys, std::string_view purpose) {
    auto const found =
        std::find_if(keys.rbegin(), keys.rend(), [&](KeyEntry const& k) { return k.purpose == purpose; });
    return found == keys.rend() ? nullptr : &*found;
}

/// The time at which the next key takes over. A key that does not sign yet cannot be succeeded.
Result<Time> retire(KeyEntry& old, Time now, std::chrono::seconds overlap) {
    if (old.not_before > now)
        return refuse(store_error::rotation_pending, "The newest key of this purpose does not sign yet.");
    old.retired_at = now + std::max(overlap, std::chrono::seconds{0});
    return *old.retired_at;
}

bool signs_at(KeyEntry const& k, Time now) {
    return k.not_before <= now && (!k.retired_at || now < *k.retired_at);
}

Result<void> check_directory(fs::path const& directory) {
    std::error_code ignored;
    auto const status = fs::status(directory, ignored);
    if (!fs::is_directory(status))
        return refuse(store_error::missing, "There is no key store.", directory.filename().string());
    if ((status.permissions() & (fs::perms::group_write | fs::perms::others_write)) != fs::perms::none)
        return refuse(store_error::permissions, "Others than the owner may write to the directory.",
                      directory.filename().string());
    return {};
}

Result<Manifest> with_sealing_keys(fs::path const& directory, Manifest manifest, StoreKeys const& keys) {
    auto const text = read_private_file(directory / sealing_keys_name);
    if (!text && text.error().code != file_error::missing) return text.error();
    if (text) {
        auto sealing = read_sealing_keys(*text, keys);
        if (!sealing) return Error{sealing.error().code, sealing.error().message, sealing_keys_name};
        manifest.sealing = *std::move(sealing);
    }
    if (manifest.sealing.empty())
        return refuse(store_error::damaged, "The file of the sealing keys is missing.", sealing_keys_name);
    return manifest;
}

/// The key itself. `wrapped` is of an authentic file.
template <class Key>
Key unwrapped(SecretEntry const& entry, StoreKeys const& keys) {
    auto key = unwrap_key(entry.wrapped, keys.wrapping());
    if (!key) throw Failure("a symmetric key of an authentic manifest does not unwrap");
    return {entry.id, *std::move(key)};
}

std::vector<MasterKey> ring_of(std::vector<SecretEntry> const& sealing, StoreKeys const& keys) {
    std::vector<MasterKey> ring;
    ring.reserve(sealing.size());
    for (SecretEntry const& entry : sealing) ring.push_back(unwrapped<MasterKey>(entry, keys));
    return ring;
}

}  // namespace

struct KeyStore::State {
    fs::path directory;
    Secret passphrase;
    StoreKeys keys;
    std::mutex mutex;  ///< of everything below
    Manifest manifest;
    MasterKeys masters;  ///< in the hands of all who seal
    std::string newest_sealing;
    std::chrono::steady_clock::time_point newest_since = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point read_at = std::chrono::steady_clock::now();
    std::map<std::string, std::shared_ptr<Signer const>, std::less<>>
        signers;  ///< decrypted, or found in their token, when first needed
    /// Keys whose token refused the PIN; they are not tried again, since tokens lock after a few wrong PINs.
    std::map<std::string, Error, std::less<>> refused_pins;

    State(fs::path where, Secret phrase, StoreKeys derived, Manifest read)
        : directory(std::move(where)),
          passphrase(std::move(phrase)),
          keys(std::move(derived)),
          manifest(std::move(read)),
          masters(ring_of(manifest.sealing, keys)),
          newest_sealing(manifest.sealing.back().id) {}

    Result<Manifest> read() const {
        auto const text = read_private_file(directory / manifest_name);
        if (!text) return text.error();
        auto found = read_manifest(*text, keys);
        if (!found) return found;
        return with_sealing_keys(directory, *std::move(found), keys);
    }

    void take(Manifest next) {
        manifest = std::move(next);
        if (manifest.sealing.back().id != newest_sealing) {
            newest_sealing = manifest.sealing.back().id;
            newest_since = std::chrono::steady_clock::now();
        }
        std::vector<std::string> before = masters.ids();
        std::vector<SecretEntry> order = manifest.sealing;
        // The last one seals.
        auto const seals = std::ranges::find(order, before.back(), &SecretEntry::id);
        if (seals != order.end() && std::chrono::steady_clock::now() - newest_since < until_it_seals)
            std::rotate(seals, seals + 1, order.end());
        if (!std::ranges::equal(order, before, {}, &SecretEntry::id)) masters.replace(ring_of(order, keys));
    }

    Result<void> reload() {
        read_at = std::chrono::steady_clock::now();
        auto found = read();
        if (!found) return found.error();
        take(*std::move(found));
        return {};
    }

    /// Applies a change to the manifest on disk, and only then to the one in memory.
    template <class Change>
    Result<std::string> change(Change const& apply) {
        std::scoped_lock const in_process(mutex);
        auto const between_processes = FileLock::acquire(directory / lock_name);
        if (!between_processes) return between_processes.error();
        auto next = read();
        if (!next) return next.error();
        Result<std::string> outcome = apply(*next);
        if (!outcome) return outcome;
        // A crash before this line may leave a key file that no manifest names, which has no effect.
        if (auto const written = write(*next); !written) return written.error();
        take(*std::move(next));
        return outcome;
    }

    /// The sealing keys come first: a manifest of an earlier version has them as long as their own file is
    /// not there, which goes before it.
    Result<void> write(Manifest const& next) const {
        fs::path const file = directory / sealing_keys_name;
        bool const there = fs::exists(file);
        if (!there ||
            !std::ranges::equal(next.sealing, manifest.sealing, {}, &SecretEntry::id, &SecretEntry::id)) {
            auto const text = write_sealing_keys(next.sealing, keys);
            auto written = there ? rewrite_private_file(file, text) : write_private_file(file, text);
            if (!written) return written;
        }
        auto const text = write_manifest(next, keys);
        return there ? write_private_file(directory / manifest_name, text)
                     : rewrite_private_file(directory / manifest_name, text);
    }

    static Result<std::string> list_key(Manifest& to, KeyEntry entry) {
        if (std::ranges::find(to.keys, entry.kid, &KeyEntry::kid) != to.keys.end())
            return refuse(store_error::key_known, "The store has this key already.");
        return to.keys.emplace_back(std::move(entry)).kid;
    }

    /// The key file is durable before the manifest names it.
    Result<std::string> add_key(Manifest& to, std::string_view purpose, PrivateKey const& key, Time now,
                                Time not_before) const {
        std::string kid = key.public_key().thumbprint();
        auto listed = list_key(to, {kid, std::string(purpose), key.public_key(), now, not_before});
        if (!listed) return listed;
        auto const written =
            write_private_file(directory / file_of(kid), key.to_pem(passphrase.view(), to.cost));
        if (!written) return written.error();
        return listed;
    }

    Result<std::string> add_first_key(std::string_view purpose, PrivateKey const& key, Time now) {
        if (!is_purpose(purpose))
            return refuse(store_error::bad_purpose, "This cannot be the name of a purpose.");
        return change([&](Manifest& m) -> Result<std::string> {
            if (newest(m.keys, purpose))
                return refuse(store_error::purpose_taken, "There is a key of this purpose; rotate it.");
            return add_key(m, purpose, key, now, now);
        });
    }

    Result<std::string> add_secret(std::vector<SecretEntry> Manifest::*list, std::string_view purpose,
                                   Time now) {
        return change([&](Manifest& m) -> Result<std::string> {
            return (m.*list).emplace_back(new_secret(purpose, now, keys)).id;
        });
    }

    Result<std::shared_ptr<Signer const>> load(KeyEntry const& entry) {
        return entry.pkcs11_uri.empty() ? load_file(entry) : load_token(entry);
    }

    Result<std::shared_ptr<Signer const>> load_token(KeyEntry const& entry) {
        if (auto const known = refused_pins.find(entry.kid); known != refused_pins.end())
            return known->second;
        auto signer = Pkcs11Signer::open(entry.pkcs11_uri, entry.key);
        if (signer) return std::shared_ptr<Signer const>(*std::move(signer));
        Error error = signer.error();
        error.where = entry.kid;
        if (error.code == pkcs11_error::wrong_pin) refused_pins.emplace(entry.kid, error);
        return error;
    }

    Result<std::shared_ptr<Signer const>> load_file(KeyEntry const& entry) {
        auto const file = file_of(entry.kid);
        auto const text = read_private_file(directory / file);
        if (!text && text.error().code == store_error::missing)
            return refuse(store_error::damaged, "The file of a listed key is missing.", file);
        if (!text) return text.error();
        auto key = PrivateKey::from_pem(*text, passphrase.view());
        if (!key) return Error{store_error::damaged, key.error().message, file};
        if (key->public_key() != entry.key)
            return refuse(store_error::damaged, "The file holds another key than the manifest lists.", file);
        return std::shared_ptr<Signer const>(std::make_shared<KeySigner>(*std::move(key), entry.kid));
    }
};

KeyStore::KeyStore(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}

KeyStore::KeyStore(KeyStore&&) noexcept = default;
KeyStore& KeyStore::operator=(KeyStore&&) noexcept = default;
KeyStore::~KeyStore() = default;

Result<KeyStore> KeyStore::create(fs::path directory, std::string_view passphrase, Time now,
                                  ScryptCost cost) {
    if (passphrase.empty())
        return refuse(store_error::wrong_passphrase, "An empty passphrase protects nothing.");
    std::error_code failed;
    if (fs::create_directories(directory, failed)) fs::permissions(directory, fs::perms::owner_all, failed);
    if (failed)
        return Error{store_error::io, "Making the directory failed: " + failed.message(),
                     directory.filename()};
    if (auto const good = check_directory(directory); !good) return good.error();
    auto const lock = FileLock::acquire(directory / lock_name);
    if (!lock) return lock.error();
    if (fs::exists(directory / manifest_name, failed))
        return refuse(store_error::exists, "There is a key store already.", manifest_name);

    Manifest manifest{cost, Bytes(16), {}, {}, {}};
    system_entropy().fill(manifest.salt);
    StoreKeys keys(as_bytes(passphrase), manifest.salt, cost);
    manifest.sealing.push_back(new_secret(sealing_purpose, now, keys));
    manifest.secrets.push_back(new_secret(blind_index_purpose, now, keys));
    // Whoever opens the store looks for the manifest, so that it is written last.
    auto const sealing =
        write_private_file(directory / sealing_keys_name, write_sealing_keys(manifest.sealing, keys));
    if (!sealing) return sealing.error();
    auto const written = write_private_file(directory / manifest_name, write_manifest(manifest, keys));
    if (!written) return written.error();
    return KeyStore(std::make_unique<State>(std::move(directory), Secret(as_bytes(passphrase)),
                                            std::move(keys), std::move(manifest)));
}

Result<KeyStore> KeyStore::open(fs::path directory, std::string_view passphrase) {
    if (auto const good = check_directory(directory); !good) return good.error();
    auto const text = read_private_file(directory / manifest_name);
    if (!text) return text.error();
    auto opened = read_manifest(*text, as_bytes(passphrase));
    if (!opened) {
        Error error = opened.error();
        error.where = manifest_name;
        return error;
    }
    auto whole = with_sealing_keys(directory, std::move(opened->manifest), opened->keys);
    if (!whole) return whole.error();
    return KeyStore(std::make_unique<State>(std::move(directory), Secret(as_bytes(passphrase)),
                                            std::move(opened->keys), *std::move(whole)));
}

Result<std::string> KeyStore::create_key(std::string_view purpose, Algorithm algorithm, Time now) {
    return state_->add_first_key(purpose, PrivateKey::generate(algorithm), now);
}

Result<std::string> KeyStore::import_key(std::string_view purpose, PrivateKey const& key, Time now) {
    return state_->add_first_key(purpose, key, now);
}

Result<std::string> KeyStore::rotate(std::string_view purpose, Time now, std::chrono::seconds overlap) {
    return state_->change([&](Manifest& m) -> Result<std::string> {
        KeyEntry* const old = newest(m.keys, purpose);
        if (!old) return refuse(store_error::unknown_purpose, "There is no key of this purpose.");
        if (!old->pkcs11_uri.empty())
            return refuse(store_error::in_token,
                          "The key of this purpose is in a token; make its successor there and attach it.");
        auto const change_over = retire(*old, now, overlap);
        if (!change_over) return change_over.error();
        return state_->add_key(m, purpose, PrivateKey::generate(old->key.algorithm()), now, *change_over);
    });
}

Result<std::string> KeyStore::attach_key(std::string_view purpose, std::string const& pkcs11_uri, Time now,
                                         std::chrono::seconds overlap) {
    if (!is_purpose(purpose))
        return refuse(store_error::bad_purpose, "This cannot be the name of a purpose.");
    auto const signer = Pkcs11Signer::open(pkcs11_uri);
    if (!signer) return signer.error();
    PublicKey const& key = (*signer)->public_key();
    return state_->change([&](Manifest& m) -> Result<std::string> {
        Time signs_from = now;
        if (KeyEntry* const old = newest(m.keys, purpose)) {
            if (old->key.algorithm() != key.algorithm())
                return refuse(store_error::other_algorithm,
                              "The key has another algorithm than the one it would follow.");
            auto const change_over = retire(*old, now, overlap);
            if (!change_over) return change_over.error();
            signs_from = *change_over;
        }
        return State::list_key(
            m, {(*signer)->kid(), std::string(purpose), key, now, signs_from, {}, pkcs11_uri});
    });
}

Result<std::shared_ptr<Signer const>> KeyStore::signer(std::string_view purpose, Time now) const {
    std::scoped_lock const lock(state_->mutex);
    auto& keys = state_->manifest.keys;
    auto const entry = std::find_if(keys.rbegin(), keys.rend(), [&](KeyEntry const& k) {
        return k.purpose == purpose && signs_at(k, now);
    });
    if (entry == keys.rend()) {
        if (newest(keys, purpose))
            return refuse(store_error::not_valid, "No key of this purpose signs at that time.");
        return refuse(store_error::unknown_purpose, "There is no key of this purpose.");
    }
    if (auto const found = state_->signers.find(entry->kid); found != state_->signers.end())
        return found->second;
    auto loaded = state_->load(*entry);
    if (loaded) state_->signers.emplace(entry->kid, *loaded);
    return loaded;
}

std::vector<KeyEntry> KeyStore::keys() const {
    std::scoped_lock const lock(state_->mutex);
    return state_->manifest.keys;
}

std::optional<KeyEntry> KeyStore::find(std::string_view kid) const {
    std::scoped_lock const lock(state_->mutex);
    auto const& keys = state_->manifest.keys;
    auto const found = std::ranges::find(keys, kid, &KeyEntry::kid);
    if (found == keys.end()) return std::nullopt;
    return *found;
}

Jwks KeyStore::jwks(std::vector<std::string> const& purposes) const {
    std::vector<PublishedKey> out;
    for (KeyEntry& k : keys())
        if (purposes.empty() || std::ranges::find(purposes, k.purpose) != purposes.end())
            out.push_back({std::move(k.kid), std::move(k.key), k.not_before, k.retired_at});
    return Jwks(std::move(out));
}

MasterKeys KeyStore::master_keys() const {
    return state_->masters;
}

std::vector<SecretInfo> KeyStore::sealing_keys() const {
    std::scoped_lock const lock(state_->mutex);
    std::vector<SecretInfo> list;
    for (SecretEntry const& s : state_->manifest.sealing) list.push_back({s.id, s.created});
    return list;
}

BlindIndex KeyStore::blind_index(std::size_t length) const {
    std::scoped_lock const lock(state_->mutex);
    std::vector<BlindKey> list;
    for (SecretEntry const& s : state_->manifest.secrets)
        if (s.purpose == blind_index_purpose) list.push_back(unwrapped<BlindKey>(s, state_->keys));
    return BlindIndex(std::move(list), length);
}

Result<std::string> KeyStore::rotate_master_key(Time now) {
    return state_->add_secret(&Manifest::sealing, sealing_purpose, now);
}

Result<std::string> KeyStore::destroy_master_key(std::string_view id) {
    return state_->change([&](Manifest& m) -> Result<std::string> {
        auto const found = std::ranges::find(m.sealing, id, &SecretEntry::id);
        if (found == m.sealing.end())
            return refuse(store_error::no_such_key, "There is no such sealing key.");
        if (found + 1 == m.sealing.end())
            return refuse(store_error::key_in_use, "The newest sealing key is the one that seals.");
        m.sealing.erase(found);
        return std::string(id);
    });
}

Result<std::string> KeyStore::rotate_blind_index_key(Time now) {
    return state_->add_secret(&Manifest::secrets, blind_index_purpose, now);
}

Result<void> KeyStore::reload() {
    std::scoped_lock const lock(state_->mutex);
    return state_->reload();
}

Result<void> KeyStore::refresh() {
    std::scoped_lock const lock(state_->mutex);
    if (std::chrono::steady_clock::now() - state_->read_at < std::chrono::seconds{1}) return {};
    return state_->reload();
}

}  // namespace sponsio::crypto
