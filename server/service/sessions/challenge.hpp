#pragma once

#include "server/service/unit/vault.hpp"

#include <chrono>
#include <string>
#include <string_view>

/// What a device signs to prove that it is there now. A challenge says when it was made and proves that this
/// server made it, so none is stored before it is used; that it is used once, the session that it opens
/// remembers (store::BrowserSession). docs/console.md
namespace sponsio::service {

/// So long a person has to find their key.
inline constexpr std::chrono::minutes challenge_life{5};

/// base64url, as it stands in the client data (WebAuthn Level 2 §5.8.1).
std::string make_challenge(Vault const& vault, Instant now);

/// Whether this server made it, not longer ago than challenge_life.
bool is_challenge_of_ours(Vault const& vault, std::string_view challenge, Instant now);

}  // namespace sponsio::service
