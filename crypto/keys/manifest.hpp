#pragma once

#include "crypto/keys/key.hpp"
#include "crypto/keys/store.hpp"
#include "crypto/secret.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// The list of keys that a key store keeps beside the key files. Internal to this room.
namespace sponsio::crypto {

/// Purposes of symmetric keys.
inline constexpr std::string_view sealing_purpose = "sealing";
inline constexpr std::string_view blind_index_purpose = "blind-index";

/// A symmetric key, wrapped by a key derived from the passphrase.
struct SecretEntry {
    std::string id;
    std::string purpose;
    std::chrono::sys_seconds created;
    Bytes wrapped;
};

struct Manifest {
    ScryptCost cost;
    Bytes salt;
    std::vector<KeyEntry> keys;        ///< oldest first
    std::vector<SecretEntry> secrets;  ///< oldest first
    std::vector<SecretEntry> sealing;  ///< oldest first; they lie in a file of their own
};

/// The keys derived from the passphrase: one wraps, one authenticates the manifest, one tells a wrong
/// passphrase from a damaged manifest.
class StoreKeys {
  public:
    StoreKeys(ByteView passphrase, ByteView salt, ScryptCost cost);

    [[nodiscard]] ByteView wrapping() const noexcept { return wrapping_.view(); }

    [[nodiscard]] ByteView authentication() const noexcept { return authentication_.view(); }

    [[nodiscard]] ByteView check() const noexcept { return check_.view(); }

  private:
    Secret wrapping_;
    Secret authentication_;
    Secret check_;
};

/// All but the sealing keys.
std::string write_manifest(Manifest const& manifest, StoreKeys const& keys);

/// The sealing keys lie apart, so that a backup can go without them: what such a key wrapped, in whatever
/// copy, ends with the key.
std::string write_sealing_keys(std::vector<SecretEntry> const& sealing, StoreKeys const& keys);
Result<std::vector<SecretEntry>> read_sealing_keys(std::string_view text, StoreKeys const& keys);

struct OpenedManifest {
    Manifest manifest;
    StoreKeys keys;
};

/// Errors have the words of store_error. The second overload saves the slow key derivation.
Result<OpenedManifest> read_manifest(std::string_view text, ByteView passphrase);
Result<Manifest> read_manifest(std::string_view text, StoreKeys const& keys);

}  // namespace sponsio::crypto
