#pragma once

#include "crypto/secret.hpp"
#include "text/bytes.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::crypto {

/// What stands in the index column in place of the value.
struct BlindTerm {
    std::string key_id;
    Bytes term;
};

struct BlindKey {
    std::string id;
    Secret key;  ///< 32 bytes
};

/// Equality search over sealed values: HMAC-SHA-256 under a secret key, another function for every field, so
/// equal values of two fields do not look equal. Whoever has no key cannot try out identity numbers.
/// Normalise the value first. Copies share the keys; may be used from several threads.
class BlindIndex {
  public:
    /// The last key is the current one; the earlier ones are looked up until their rows are indexed anew.
    /// `length` of terms: 16 or 32 bytes. Throws Failure otherwise, or for keys of another length than 32.
    explicit BlindIndex(std::vector<BlindKey> keys, std::size_t length = 32);

    /// What to store.
    [[nodiscard]] BlindTerm term(std::string_view field, std::string_view value) const;
    /// What to look for: under every key, the current one first.
    [[nodiscard]] std::vector<BlindTerm> terms(std::string_view field, std::string_view value) const;

    [[nodiscard]] std::string const& current_id() const noexcept;

  private:
    [[nodiscard]] Bytes compute(BlindKey const& key, std::string_view field, std::string_view value) const;

    std::shared_ptr<std::vector<BlindKey> const> keys_;
    std::size_t length_;
};

}  // namespace sponsio::crypto
