#pragma once

#include "crypto/secret.hpp"
#include "text/bytes.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::crypto {

/// The term that the index column holds in place of the value.
struct BlindTerm {
    std::string key_id;
    Bytes term;
};

struct BlindKey {
    std::string id;
    Secret key;  ///< 32 bytes
};

/// Equality search over sealed values: HMAC-SHA-256 under a secret key, separated by field, so that equal
/// values of two fields have different terms. Without the key nobody can try out identity numbers. Normalise
/// the value first. Copies share the keys; may be used from several threads.
class BlindIndex {
  public:
    /// The last key is the current one; earlier keys are looked up until their rows are indexed anew. Terms
    /// have `length` bytes: 16 or 32. Throws Failure for another length, or for a
    /// key that is not 32 bytes long.
    explicit BlindIndex(std::vector<BlindKey> keys, std::size_t length = 32);

    /// The term to store: under the current key.
    [[nodiscard]] BlindTerm term(std::string_view field, std::string_view value) const;
    /// The terms to search for: under every key, the current one first.
    [[nodiscard]] std::vector<BlindTerm> terms(std::string_view field, std::string_view value) const;

    [[nodiscard]] std::string const& current_id() const noexcept;

  private:
    [[nodiscard]] Bytes compute(BlindKey const& key, std::string_view field, std::string_view value) const;

    std::shared_ptr<std::vector<BlindKey> const> keys_;
    std::size_t length_;
};

}  // namespace sponsio::crypto
