#include "reference/front/own_key.hpp"

#include "crypto/durable_file.hpp"
#include "crypto/keys/store.hpp"
#include "crypto/random.hpp"
#include "reference/front/files.hpp"
#include "server/base/log.hpp"
#include "text/bytes.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace sponsio::front {
namespace {

namespace fs = std::filesystem;
using crypto::KeyStore;

std::chrono::sys_seconds seconds_of(Instant t) {
    return std::chrono::floor<std::chrono::seconds>(t);
}

/// The value of an environment variable; empty if it is not set.
std::string from_environment(char const* name) {
    char const* const value = std::getenv(name);
    return value ? value : "";
}

/// The first line of the file.
Outcome<std::string> read_passphrase(fs::path const& file) {
    auto text = read_file(file);
    if (!text) return text;
    text->resize(std::min(text->size(), text->find_first_of("\r\n")));
    if (text->empty())
        return fault(problem::unavailable, "The passphrase file " + file.string() + " is empty.",
                     "口令文件 " + file.string() + " 为空。");
    return text;
}

Outcome<std::string> passphrase_of(fs::path const& directory) {
    if (std::string const file = from_environment("SPONSIO_PASSPHRASE_FILE"); !file.empty())
        return read_passphrase(file);
    if (std::string text = from_environment("SPONSIO_PASSPHRASE"); !text.empty()) return text;
    fs::path const beside = directory / "passphrase";
    if (!fs::exists(beside)) {
        auto const random = to_base64url(crypto::system_entropy().array<32>());
        if (auto done = crypto::write_private_file(beside, random + "\n"); !done)
            return unusable(beside, done.error());
    }
    return read_passphrase(beside);
}

}  // namespace

OwnKey::OwnKey(KeyStore store, fs::path directory, std::string_view purpose)
    : store_(std::make_unique<KeyStore>(std::move(store))),
      directory_(std::move(directory)),
      purpose_(purpose) {}

OwnKey::~OwnKey() = default;

Outcome<std::unique_ptr<OwnKey>> OwnKey::open(fs::path const& data, std::string_view purpose,
                                              crypto::Algorithm algorithm, Clock const& clock) {
    fs::path const directory = data / "keys";
    auto const now = seconds_of(clock.now());
    if (auto made = make_private_directory(directory); !made) return made.error();
    auto const passphrase = passphrase_of(directory);
    if (!passphrase) return passphrase.error();
    auto store = fs::exists(directory / "manifest.json") ? KeyStore::open(directory, *passphrase)
                                                         : KeyStore::create(directory, *passphrase, now);
    if (!store) return unusable(directory, store.error());
    std::unique_ptr<OwnKey> own(new OwnKey(std::move(*store), directory, purpose));
    auto const known = own->store_->keys();
    if (std::ranges::find(known, purpose, &crypto::KeyEntry::purpose) == known.end())
        if (auto made = own->store_->create_key(purpose, algorithm, now); !made)
            return unusable(directory, made.error());
    // A key file that is lost or damaged is reported at the start and not by the first signature.
    if (auto whole = own->signer(clock.now()); !whole) return whole.error();
    return own;
}

Outcome<std::shared_ptr<crypto::Signer const>> OwnKey::signer(Instant now) const {
    if (auto read = store_->refresh(); !read)
        log::error("keys.not_reloaded", {{log::Key::cause, read.error().code}});
    auto found = store_->signer(purpose_, seconds_of(now));
    if (!found) return unusable(directory_, found.error());
    return std::move(*found);
}

}  // namespace sponsio::front
