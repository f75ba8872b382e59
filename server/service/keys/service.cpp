#include "server/service/keys/service.hpp"

#include "crypto/durable_file.hpp"
#include "crypto/keys/pkcs11_signer.hpp"
#include "crypto/keys/store.hpp"
#include "server/base/log.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace sponsio::service {
namespace {

namespace fs = std::filesystem;
using crypto::KeyStore;

/// The keys of every server. A key store of an earlier version gets the missing ones.
constexpr std::array<std::pair<std::string_view, crypto::Algorithm>, 5> keys_of_server{
    {{purpose::record, crypto::Algorithm::es256},
     {purpose::submission, crypto::Algorithm::sm2},
     {purpose::log, crypto::Algorithm::ed25519},
     {purpose::draw, crypto::Algorithm::es256},
     {purpose::check, crypto::Algorithm::es256}}};

std::chrono::sys_seconds seconds_of(Instant t) {
    return std::chrono::floor<std::chrono::seconds>(t);
}

/// The Chinese of refusals whose English sentence is complete by itself.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> in_chinese{{
    {crypto::pkcs11_error::bad_uri, "无法识别该 PKCS#11 URI（RFC 7512）：须含 module-path，不得含 PIN。"},
    {crypto::pkcs11_error::no_module, "无法加载 module-path 所指的令牌程序库。"},
    {crypto::pkcs11_error::no_token, "没有符合 URI 的令牌，或不止一个。"},
    {crypto::pkcs11_error::no_pin,
     "缺少令牌的 PIN：以 pin-source 或 SPONSIO_PKCS11_PIN_FILE 指定仅属主可读的文件，或设置 "
     "SPONSIO_PKCS11_PIN。"},
    {crypto::pkcs11_error::wrong_pin, "令牌拒绝了该 PIN。"},
    {crypto::pkcs11_error::no_key, "令牌中没有符合 URI 的密钥，或不止一个。"},
    {crypto::pkcs11_error::failed, "令牌未能完成操作。"},
    {crypto::key_error::self_check, "令牌中的密钥与公钥不相配。"},
    {crypto::key_error::unsupported, "令牌中的密钥须为 P-256 或 Ed25519。"},
    {crypto::store_error::in_token,
     "该用途的密钥在令牌中：请在令牌中生成新密钥，再以 sponsio key attach 接入。"},
    {crypto::store_error::other_algorithm, "该密钥的算法与其接替的密钥不同。"},
}};

/// The operator's sentence for a refusal of the key store.
Fault fault_of(Error const& error, fs::path const& directory) {
    std::string const where = directory.string() + (error.where.empty() ? "" : " (" + error.where + ")");
    Fault failed = fault(problem::internal, "The keys in " + where + " cannot be used: " + error.message,
                         "无法使用 " + where + " 中的密钥：" + error.message);
    if (error.code == crypto::store_error::wrong_passphrase)
        failed.detail = {
            "The passphrase does not open the keys in " + where +
                ". Name the right file with SPONSIO_PASSPHRASE_FILE or --passphrase-file, or give it in "
                "SPONSIO_PASSPHRASE.",
            "口令与 " + where +
                " 中的密钥不符，请以 SPONSIO_PASSPHRASE_FILE 或 --passphrase-file 指定正确的口令文件，或以 "
                "SPONSIO_PASSPHRASE 给出口令。"};
    if (error.code == crypto::store_error::missing)
        failed.detail = {"There are no keys in " + where + ". Make them with: sponsio key create --new",
                         where + " 中没有密钥，可用 sponsio key create --new 创建。"};
    auto const* const known =
        std::ranges::find(in_chinese, error.code, &decltype(in_chinese)::value_type::first);
    if (known != in_chinese.end()) failed.detail = {error.message, std::string(known->second)};
    failed.cause = std::string(error.code);
    return failed;
}

fs::path beside_keys(KeyPlace const& place) {
    return place.directory / "passphrase";
}

Outcome<std::string> read_passphrase(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.is_open() || in.bad())
        return fault(problem::internal, "The passphrase file " + file.string() + " cannot be read.",
                     "无法读取口令文件 " + file.string() + "。");
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty())
        return fault(problem::internal, "The passphrase file " + file.string() + " is empty.",
                     "口令文件 " + file.string() + " 为空。");
    return text;
}

Outcome<void> make_directory(fs::path const& directory) {
    std::error_code failed;
    if (fs::create_directories(directory, failed)) fs::permissions(directory, fs::perms::owner_all, failed);
    if (failed)
        return fault(problem::internal, "The directory " + directory.string() + " cannot be made.",
                     "无法创建目录 " + directory.string() + "。");
    return {};
}

/// The passphrase: from the named file, else the given one, else from the file beside the keys.
Outcome<std::string> passphrase_of(KeyPlace const& place) {
    if (!place.passphrase_file && place.passphrase) return *place.passphrase;
    return read_passphrase(place.passphrase_file.value_or(beside_keys(place)));
}

/// Makes a random passphrase. A reader of the data directory can then read the keys, hence the warning.
Outcome<void> make_passphrase(fs::path const& file) {
    auto const random = crypto::system_entropy().array<32>();
    if (auto done = crypto::write_private_file(file, to_base64url(random) + "\n"); !done)
        return fault_of(done.error(), file.parent_path());
    log::warn("keys.passphrase_beside_keys", {{log::Key::file, file.string()}});
    return {};
}

}  // namespace

KeyPlace KeyPlace::below(fs::path const& data) {
    KeyPlace place{.directory = data / "keys"};
    if (char const* file = std::getenv("SPONSIO_PASSPHRASE_FILE"); file && *file)
        place.passphrase_file = file;
    if (char const* text = std::getenv("SPONSIO_PASSPHRASE"); text && *text) place.passphrase = text;
    return place;
}

KeyService::KeyService(fs::path directory, KeyStore store, bool fresh)
    : directory_(std::move(directory)), store_(std::make_unique<KeyStore>(std::move(store))), fresh_(fresh) {}

KeyService::~KeyService() = default;

Outcome<std::unique_ptr<KeyService>> KeyService::open(KeyPlace const& place, Clock const& clock) {
    return open(place, clock, true);
}

Outcome<std::unique_ptr<KeyService>> KeyService::open_existing(KeyPlace const& place, Clock const& clock) {
    return open(place, clock, false);
}

/// Safe against a crash at any line: the passphrase is durable before keys depend on it, and a purpose
/// without a key gets one at the next start.
Outcome<std::unique_ptr<KeyService>> KeyService::open(KeyPlace const& place, Clock const& clock,
                                                      bool may_create) {
    Instant const now = clock.now();
    if (may_create)
        if (auto made = make_directory(place.directory); !made) return made.error();
    // Of two processes that start at once on a new directory, one makes passphrase and keys, the other waits.
    std::optional<crypto::FileLock> setup;
    if (may_create) {
        auto lock = crypto::FileLock::acquire(place.directory / "setup.lock");
        if (!lock) return fault_of(lock.error(), place.directory);
        setup.emplace(std::move(*lock));
    }
    bool const there = fs::exists(place.directory / "manifest.json");
    if (!there && !may_create)
        return fault_of({.code = crypto::store_error::missing, .message = ""}, place.directory);
    bool const given = place.passphrase_file || place.passphrase;
    bool const random = !there && !given && !fs::exists(beside_keys(place));
    if (random)
        if (auto made = make_passphrase(beside_keys(place)); !made) return made.error();
    auto const passphrase = passphrase_of(place);
    if (!passphrase) return passphrase.error();

    auto store = there ? KeyStore::open(place.directory, *passphrase)
                       : KeyStore::create(place.directory, *passphrase, seconds_of(now),
                                          random ? crypto::random_passphrase_cost : crypto::ScryptCost{});
    if (!store) return fault_of(store.error(), place.directory);
    std::unique_ptr<KeyService> keys(new KeyService(place.directory, std::move(*store), !there));
    if (may_create)
        if (auto done = keys->make_missing(now); !done) return done.error();
    if (auto whole = keys->open_present(place.directory, now); !whole) return whole.error();
    return keys;
}

/// A key whose file is lacking or cut would otherwise be noticed by the first who wants its signature: of the
/// present key, or of its successor on the day that it begins to sign. Keys in a token are opened when they
/// first sign, and retired ones never again.
Outcome<void> KeyService::open_present(fs::path const& directory, Instant now) const {
    for (crypto::KeyEntry const& key : store_->keys()) {
        if (!key.pkcs11_uri.empty() || (key.retired_at && *key.retired_at <= seconds_of(now))) continue;
        auto const opened = store_->signer(key.purpose, std::max(seconds_of(now), key.not_before));
        if (!opened && opened.error().code == crypto::store_error::damaged) {
            Fault lacking = fault_of(opened.error(), directory);
            lacking.detail.en += " Put its file back from a backup.";
            lacking.detail.zh += "请从备份中放回其文件。";
            return lacking;
        }
    }
    return {};
}

bool KeyService::is_marked(std::string_view name) const {
    std::error_code unreadable;
    return fs::exists(directory_ / name, unreadable);
}

Outcome<void> KeyService::mark(std::string_view name, Instant now) const {
    if (auto written = crypto::write_private_file(directory_ / name, to_rfc3339(now) + "\n"); !written)
        return fault_of(written.error(), directory_);
    return {};
}

Outcome<void> KeyService::make_missing(Instant now) {
    for (auto const& [what, algorithm] : keys_of_server)
        if (auto done = ensure(what, algorithm, now); !done) return done.error();
    return {};
}

Outcome<void> KeyService::ensure(std::string_view what, crypto::Algorithm algorithm, Instant now) {
    auto const known = store_->keys();
    if (std::ranges::find(known, what, &crypto::KeyEntry::purpose) != known.end()) return {};
    auto made = create(what, algorithm, now);
    if (!made && made.error().cause != crypto::store_error::purpose_taken) return made.error();
    return {};
}

/// The store, reloaded after a change by another process.
KeyStore& KeyService::fresh_store() const {
    // The keys read before remain valid; the operator is told that they could not be read again.
    if (auto read = store_->refresh(); !read)
        log::error("keys.not_reloaded", {{log::Key::cause, read.error().code}});
    return *store_;
}

Vault KeyService::vault() const {
    return {store_->master_keys(), store_->blind_index()};
}

PersonTerms KeyService::person_terms() const {
    return PersonTerms(store_->blind_index());
}

Outcome<std::shared_ptr<crypto::Signer const>> KeyService::signer(std::string_view what, Instant now) const {
    auto found = fresh_store().signer(what, seconds_of(now));
    if (!found) return fault_of(found.error(), "keys");
    return std::move(*found);
}

crypto::Jwks KeyService::record_keys() const {
    return fresh_store().jwks({std::string(purpose::record)});
}

std::string KeyService::jwks() const {
    std::vector<std::string> shown;
    for (std::string_view what : {purpose::record, purpose::draw, purpose::check}) shown.emplace_back(what);
    return json::write(fresh_store().jwks(shown).to_json());
}

std::optional<std::string> KeyService::submission_pem(std::optional<std::string> const& kid,
                                                      Instant now) const {
    KeyStore const& store = fresh_store();
    if (!kid) {
        auto const current = store.signer(purpose::submission, seconds_of(now));
        if (!current) return std::nullopt;
        return (*current)->public_key().to_pem();
    }
    auto const entry = store.find(*kid);
    if (!entry || entry->purpose != purpose::submission) return std::nullopt;
    return entry->key.to_pem();
}

std::vector<crypto::KeyEntry> KeyService::keys() const {
    return fresh_store().keys();
}

std::vector<crypto::SecretInfo> KeyService::sealing_keys() const {
    return fresh_store().sealing_keys();
}

Outcome<void> KeyService::destroy_sealing_key(std::string const& id) {
    if (auto ended = store_->destroy_master_key(id); !ended) return fault_of(ended.error(), "keys");
    log::info("keys.destroyed", {{log::Key::name, purpose::sealing}, {log::Key::id, id}});
    return {};
}

Outcome<std::string> KeyService::create(std::string_view what, crypto::Algorithm algorithm, Instant now) {
    auto kid = store_->create_key(what, algorithm, seconds_of(now));
    if (!kid) return fault_of(kid.error(), "keys");
    log::info("keys.created", {{log::Key::name, what}, {log::Key::id, *kid}});
    return std::move(*kid);
}

Outcome<std::string> KeyService::rotate(std::string_view what, Instant now, std::chrono::seconds overlap) {
    auto kid = what == purpose::sealing ? store_->rotate_master_key(seconds_of(now))
                                        : store_->rotate(what, seconds_of(now), overlap);
    if (!kid) return fault_of(kid.error(), "keys");
    log::info("keys.rotated", {{log::Key::name, what}, {log::Key::id, *kid}});
    return std::move(*kid);
}

Outcome<std::string> KeyService::attach(std::string_view what, std::string const& pkcs11_uri, Instant now,
                                        std::chrono::seconds overlap) {
    auto kid = store_->attach_key(what, pkcs11_uri, seconds_of(now), overlap);
    if (!kid) return fault_of(kid.error(), "keys");
    log::info("keys.attached", {{log::Key::name, what}, {log::Key::id, *kid}});
    return std::move(*kid);
}

}  // namespace sponsio::service
