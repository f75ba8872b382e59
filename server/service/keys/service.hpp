#pragma once

#include "crypto/tokens/jws.hpp"
#include "server/base/fault.hpp"
#include "server/base/time.hpp"
#include "server/service/unit/person_terms.hpp"
#include "server/service/unit/vault.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sponsio::crypto {
class KeyStore;
struct KeyEntry;
struct SecretInfo;
}  // namespace sponsio::crypto

namespace sponsio::service {

/// The purposes of keys.
namespace purpose {
inline constexpr std::string_view record = "record";          ///< ES256: credit records
inline constexpr std::string_view submission = "submission";  ///< SM2: manifests to the sharing platform
inline constexpr std::string_view log = "log";                ///< Ed25519: checkpoints of the log
inline constexpr std::string_view draw = "draw";              ///< ES256: statements of draws
inline constexpr std::string_view check = "check";            ///< ES256: inquiries to departments
inline constexpr std::string_view sealing = "sealing";        ///< AES-256: wraps the keys of what is sealed
}  // namespace purpose

/// The key directory and its passphrase.
struct KeyPlace {
    std::filesystem::path directory;
    /// A file with the passphrase (its last line break is not part of it). Nothing: `directory`/passphrase,
    /// made with a random one when there is no key store yet.
    std::optional<std::filesystem::path> passphrase_file{};
    /// The passphrase itself; a file goes before it.
    std::optional<std::string> passphrase{};

    /// DIR/keys, and the file that the environment variable SPONSIO_PASSPHRASE_FILE names or the passphrase
    /// in SPONSIO_PASSPHRASE.
    static KeyPlace below(std::filesystem::path const& data);
};

/// Opens the key directory and provides the vault, signers by purpose and public keys. Changes by another
/// process (`sponsio key rotate`) take effect within a second. May be used from several threads.
class KeyService {
  public:
    /// Makes the directory, its passphrase and the first keys if they are missing. The fault is a sentence
    /// for the operator.
    static Outcome<std::unique_ptr<KeyService>> open(KeyPlace const& place, Clock const& clock);
    /// Opens the key store only if it exists.
    static Outcome<std::unique_ptr<KeyService>> open_existing(KeyPlace const& place, Clock const& clock);

    /// Makes the keys that a server needs and a key store of an earlier version does not have.
    Outcome<void> make_missing(Instant now);

    ~KeyService();
    KeyService(KeyService const&) = delete;
    KeyService& operator=(KeyService const&) = delete;

    /// Whether open() made the key store, so that it can open no value sealed in a database before.
    [[nodiscard]] bool fresh() const noexcept { return fresh_; }

    /// Whether mark() was called with that name. Kept in the key directory, so that nobody who only writes to
    /// the database makes anything happen a second time.
    [[nodiscard]] bool is_marked(std::string_view name) const;
    Outcome<void> mark(std::string_view name, Instant now) const;

    [[nodiscard]] Vault vault() const;
    [[nodiscard]] PersonTerms person_terms() const;

    /// The key that signs for a purpose at that time.
    [[nodiscard]] Outcome<std::shared_ptr<crypto::Signer const>> signer(std::string_view purpose,
                                                                        Instant now) const;
    /// The keys of records, present and retired.
    [[nodiscard]] crypto::Jwks record_keys() const;
    /// The keys of records and draws, as a document for /.well-known/jwks.json.
    [[nodiscard]] std::string jwks() const;
    /// A submission key as SubjectPublicKeyInfo in PEM: the current one, or the one with that id.
    [[nodiscard]] std::optional<std::string> submission_pem(std::optional<std::string> const& kid,
                                                            Instant now) const;

    [[nodiscard]] std::vector<crypto::KeyEntry> keys() const;
    /// Oldest first; the newest seals, from some seconds after it was made.
    [[nodiscard]] std::vector<crypto::SecretInfo> sealing_keys() const;
    /// For good (crypto::KeyStore::destroy_master_key).
    Outcome<void> destroy_sealing_key(std::string const& id);
    /// Returns the new key id.
    Outcome<std::string> create(std::string_view purpose, crypto::Algorithm algorithm, Instant now);
    /// The successor of a signing key signs after `overlap`. A new sealing key takes over at once, and a
    /// server wraps everything anew in it (SealingKeys).
    Outcome<std::string> rotate(std::string_view purpose, Instant now, std::chrono::seconds overlap);
    /// Adds a key in a PKCS#11 token, named by a URI as for crypto::Pkcs11Signer: the first of a purpose, or
    /// the successor of the last one.
    Outcome<std::string> attach(std::string_view purpose, std::string const& pkcs11_uri, Instant now,
                                std::chrono::seconds overlap);

  private:
    [[nodiscard]] Outcome<void> open_present(std::filesystem::path const& directory, Instant now) const;
    KeyService(std::filesystem::path directory, crypto::KeyStore store, bool fresh);
    static Outcome<std::unique_ptr<KeyService>> open(KeyPlace const& place, Clock const& clock,
                                                     bool may_create);
    Outcome<void> ensure(std::string_view purpose, crypto::Algorithm algorithm, Instant now);
    crypto::KeyStore& fresh_store() const;

    std::filesystem::path directory_;
    std::unique_ptr<crypto::KeyStore> store_;
    bool fresh_;
};

}  // namespace sponsio::service
