#pragma once

#include "crypto/digest.hpp"

#include <memory>
#include <string_view>

namespace sponsio::crypto {

/// HMAC-SHA256 under one key for very many short texts: the key is hashed in once, not once for each text.
/// For one thread.
class PreparedHmac {
  public:
    explicit PreparedHmac(Digest const& key);
    PreparedHmac(PreparedHmac&&) noexcept;
    PreparedHmac& operator=(PreparedHmac&&) noexcept;
    ~PreparedHmac();

    /// Equals hmac_sha256(key, text).
    [[nodiscard]] Digest operator()(std::string_view text) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sponsio::crypto
