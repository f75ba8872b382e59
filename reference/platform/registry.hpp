#pragma once

#include "crypto/keys/public_key.hpp"
#include "server/base/fault.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::platform {

/// A registered reporting unit.
struct Unit {
    std::string name;
    std::optional<crypto::PublicKey> key{};  ///< that its manifests are signed with
};

/// The reporting units that a platform knows.
class Registry {
  public:
    /// Reads {"units": [{"uscc", "name", "sm2_public_key"?}]}, the key in PEM. Refused with a sentence that
    /// names the member at fault.
    static Outcome<Registry> parse(std::string const& text);
    static Outcome<Registry> load(std::filesystem::path const& file);

    /// A registry without a list: every unit is accepted.
    static Registry open_to_all() { return {}; }

    [[nodiscard]] bool open() const noexcept { return open_; }

    /// Null if the unit is not registered.
    [[nodiscard]] Unit const* find(std::string_view uscc) const;

  private:
    std::map<std::string, Unit, std::less<>> units_;
    bool open_ = true;
};

/// A public key of a sender in a PEM file. Refused with a sentence unless it is SM2.
Outcome<crypto::PublicKey> load_sender_key(std::filesystem::path const& file);

}  // namespace sponsio::platform
