#pragma once

#include "crypto/random.hpp"
#include "crypto/secret.hpp"
#include "text/bytes.hpp"
#include "text/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Encryption at rest. Every object has a data key of its own, stored wrapped by a master key. Destroying the
/// wrapped key destroys the object here; destroying the master key that wrapped it destroys it in every copy.
namespace sponsio::crypto {

/// The words of sealing errors, in Error::code.
namespace seal_error {
inline constexpr std::string_view unknown_master_key = "unknown_master_key";
inline constexpr std::string_view bad_wrapped_key = "bad_wrapped_key";  ///< altered, or of another master key
inline constexpr std::string_view not_authentic = "not_authentic";      ///< altered, other key or other aad
}  // namespace seal_error

/// The key of one object, in memory for as long as the object is worked on. AES-256-GCM (SP 800-38D).
class DataKey {
  public:
    explicit DataKey(Secret key);  ///< 32 bytes

    /// nonce (12 bytes, random) || ciphertext || tag (16 bytes). `aad` is not stored but must be equal when
    /// opening: it names table, column and row, so that a value cannot be moved elsewhere.
    [[nodiscard]] Bytes seal(ByteView plain, ByteView aad, Entropy& entropy = system_entropy()) const;
    [[nodiscard]] Result<Bytes> open(ByteView sealed, ByteView aad) const;

    static constexpr std::size_t overhead = 28;  ///< what sealing adds to a length

  private:
    friend class MasterKeys;  // which wraps it

    Secret key_;
};

/// AES key wrap (RFC 3394) of a data key: 40 bytes.
struct WrappedKey {
    Bytes wrapped;
    std::string master_key_id;
};

struct SealedObject {
    Bytes ciphertext;  ///< as DataKey::seal gives it
    Bytes wrapped_key;
    std::string master_key_id;
};

struct MasterKey {
    std::string id;
    Secret key;  ///< 32 bytes
};

/// All master keys of a store; new data keys are wrapped by the current one. Copies share the keys, also
/// those that come later; may be used from several threads.
class MasterKeys {
  public:
    /// The last is the current one. Throws Failure when there is none, for a length other than 32 and for an
    /// id that comes twice.
    explicit MasterKeys(std::vector<MasterKey> keys);

    /// Puts these in the place of all keys, in every copy. Throws as the constructor does.
    void replace(std::vector<MasterKey> keys);

    [[nodiscard]] std::string current_id() const;
    /// Of all keys; the current one comes last.
    [[nodiscard]] std::vector<std::string> ids() const;

    /// Seals one object under a data key of its own.
    [[nodiscard]] SealedObject seal(ByteView plain, ByteView aad, Entropy& entropy = system_entropy()) const;
    [[nodiscard]] Result<Bytes> open(ByteView ciphertext, ByteView wrapped_key,
                                     std::string_view master_key_id, ByteView aad) const;

    /// A data key for an object of several parts that are created and destroyed together.
    struct NewDataKey {
        DataKey key;
        WrappedKey wrapped;
    };

    [[nodiscard]] NewDataKey new_data_key(Entropy& entropy = system_entropy()) const;
    [[nodiscard]] Result<DataKey> unwrap(ByteView wrapped_key, std::string_view master_key_id) const;

    /// The data key under the current master key: for one that was made a while ago.
    [[nodiscard]] WrappedKey wrap(DataKey const& key) const;

    /// Wraps the same data key under the current master key; the ciphertext stays as it is.
    [[nodiscard]] Result<WrappedKey> rewrap(ByteView wrapped_key, std::string_view master_key_id) const;

  private:
    using List = std::shared_ptr<std::vector<MasterKey> const>;
    struct Ring;

    [[nodiscard]] List now() const;
    [[nodiscard]] Result<Secret> unwrap_secret(ByteView wrapped_key, std::string_view master_key_id) const;

    std::shared_ptr<Ring> ring_;
};

}  // namespace sponsio::crypto
