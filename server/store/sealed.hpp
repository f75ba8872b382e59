#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::store {

/// A SHA-256 digest.
using Digest = std::array<std::uint8_t, 32>;

/// A value encrypted under a data key of its own, in three columns. Without `wrapped_key` it is unreadable.
struct SealedColumns {
    std::vector<std::uint8_t> content;
    std::optional<std::vector<std::uint8_t>> wrapped_key;
    std::optional<std::string> master_key_id;
};

/// A proof (service::Vault) that stands beside what it proves.
struct Proof {
    Digest value{};
    std::string key;  ///< the id of the key that made it
};

}  // namespace sponsio::store
