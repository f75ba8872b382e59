#pragma once

#include "crypto/durable_file.hpp"
#include "crypto/keys/blind_index.hpp"
#include "crypto/keys/jwks.hpp"
#include "crypto/keys/sealing.hpp"
#include "crypto/keys/signer.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::crypto {

/// The words of key store errors, in Error::code; Error::where names the file.
namespace store_error {
using file_error::damaged;  ///< altered, cut short, or files lacking
using file_error::io;
using file_error::missing;  ///< no manifest there
using file_error::permissions;
inline constexpr std::string_view exists = "key_store_exists";
inline constexpr std::string_view wrong_passphrase = "wrong_passphrase";
inline constexpr std::string_view newer = "newer_key_store";  ///< written by a later version
inline constexpr std::string_view unknown_purpose = "unknown_purpose";
inline constexpr std::string_view purpose_taken = "purpose_taken";
inline constexpr std::string_view not_valid = "no_valid_key";   ///< none of the purpose at that time
inline constexpr std::string_view bad_purpose = "bad_purpose";  ///< not a name of a-z, 0-9 and -, up to 32
inline constexpr std::string_view key_known = "key_known";      ///< imported before
inline constexpr std::string_view rotation_pending = "rotation_pending";  ///< the last new key signs later
inline constexpr std::string_view in_token = "key_in_token";  ///< its successor is to be attached, not made
inline constexpr std::string_view other_algorithm = "other_algorithm";  ///< than the key it would follow
inline constexpr std::string_view key_in_use = "key_in_use";            ///< the newest sealing key
inline constexpr std::string_view no_such_key = "no_such_key";
}  // namespace store_error

/// A signing key as the manifest lists it.
struct KeyEntry {
    std::string kid;      ///< RFC 7638 thumbprint
    std::string purpose;  ///< for instance "record", "submission", "log"
    PublicKey key;
    std::chrono::sys_seconds created;
    std::chrono::sys_seconds not_before;                   ///< signs from then on
    std::optional<std::chrono::sys_seconds> retired_at{};  ///< and before then
    std::string pkcs11_uri{};  ///< where the private key is; empty: in a file of the store
};

/// A symmetric key as the store lists it.
struct SecretInfo {
    std::string id;
    std::chrono::sys_seconds created;
};

/// The file of the sealing keys in the directory of a store.
inline constexpr char const* sealing_keys_name = "sealing.json";

/// A directory of encrypted keys: one PKCS#8 file per signing key that is not in a token, a manifest that
/// lists them and holds the blind index keys wrapped, and a file with the sealing keys wrapped. Everything
/// hangs on one passphrase; the manifest is authenticated by it. Changes are durable when a call returns and
/// survive a crash at any point of it. Several processes may change one store: they lock. May be used from
/// several threads.
class KeyStore {
  public:
    /// Makes the directory (mode 0700) and in it a first sealing key and a first blind index key.
    static Result<KeyStore> create(std::filesystem::path directory, std::string_view passphrase,
                                   std::chrono::sys_seconds now, ScryptCost cost = {});
    static Result<KeyStore> open(std::filesystem::path directory, std::string_view passphrase);

    KeyStore(KeyStore&&) noexcept;
    KeyStore& operator=(KeyStore&&) noexcept;
    ~KeyStore();

    /// Makes or imports the first key of a purpose; both functions return the new key id.
    Result<std::string> create_key(std::string_view purpose, Algorithm algorithm,
                                   std::chrono::sys_seconds now);
    Result<std::string> import_key(std::string_view purpose, PrivateKey const& key,
                                   std::chrono::sys_seconds now);
    /// Makes a new key of the same algorithm. It is listed at once and begins to sign after `overlap`; until
    /// then the old key signs, so that a key set cached by others always has the signing key.
    Result<std::string> rotate(std::string_view purpose, std::chrono::sys_seconds now,
                               std::chrono::seconds overlap = std::chrono::seconds{0});
    /// Adds a key in a PKCS#11 token, named as for Pkcs11Signer: the first of a purpose, or the successor of
    /// the last one as in rotate(). Errors may have the words of pkcs11_error.
    Result<std::string> attach_key(std::string_view purpose, std::string const& pkcs11_uri,
                                   std::chrono::sys_seconds now,
                                   std::chrono::seconds overlap = std::chrono::seconds{0});

    /// The key that signs for a purpose at that time.
    [[nodiscard]] Result<std::shared_ptr<Signer const>> signer(std::string_view purpose,
                                                               std::chrono::sys_seconds now) const;
    /// All signing keys ever listed, oldest first.
    [[nodiscard]] std::vector<KeyEntry> keys() const;
    [[nodiscard]] std::optional<KeyEntry> find(std::string_view kid) const;
    /// The keys of the given purposes (of all, when none is given) with their validity.
    [[nodiscard]] Jwks jwks(std::vector<std::string> const& purposes = {}) const;

    /// They follow the changes that reload() reads. A key that was made meanwhile seals some seconds after it
    /// was read: by then the other processes of the store have read it as well and open what it seals.
    [[nodiscard]] MasterKeys master_keys() const;
    /// Oldest first.
    [[nodiscard]] std::vector<SecretInfo> sealing_keys() const;
    /// Adds a sealing key; earlier ones stay. Returns the new key id.
    Result<std::string> rotate_master_key(std::chrono::sys_seconds now);
    /// Takes a sealing key away for good, and overwrites the file that held it: what it wrapped, here or in
    /// any copy, can never be opened again. Refused for the newest one.
    Result<std::string> destroy_master_key(std::string_view id);

    [[nodiscard]] BlindIndex blind_index(std::size_t length = 32) const;
    /// Adds a key that is current from then on; earlier ones stay. Returns the new key id.
    Result<std::string> rotate_blind_index_key(std::chrono::sys_seconds now);

    /// Reads the manifest again, for changes by another process.
    Result<void> reload();
    /// reload(), at most once in each second: for owners that call it before every use. What was read before
    /// remains in force after an error.
    Result<void> refresh();

  private:
    struct State;
    explicit KeyStore(std::unique_ptr<State> state) noexcept;

    std::unique_ptr<State> state_;
};

}  // namespace sponsio::crypto
