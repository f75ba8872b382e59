#pragma once

#include "server/db/session.hpp"
#include "server/store/sealed.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sponsio {

using PasskeyId = Id<struct PasskeyTag>;

}  // namespace sponsio

/// The keys with which people sign in, and the sessions that those opened.
namespace sponsio::store {

struct Passkey {
    PasskeyId id;
    AccountId account;
    std::string credential;  ///< the device's own name for it, base64url
    std::string rp_id;       ///< the host name that it is good for
    std::string jwk;         ///< P-256
    std::string name;        ///< of the device, as its person calls it
    std::int64_t sign_count;
    Instant made_at;
    std::optional<Instant> last_used_at{};
    std::optional<Instant> ended_at{};
    std::optional<Digest> proof{};  ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
};

/// False, with nothing stored, if a passkey with that credential is there already.
[[nodiscard]] bool insert(db::PgSession& db, Passkey const& passkey);
/// Locked until the transaction ends.
std::optional<Passkey> lock_passkey(db::PgSession& db, PasskeyId id);
/// Locked until the transaction ends, so that two uses of one counter are seen one after the other.
std::optional<Passkey> lock_passkey(db::PgSession& db, std::string const& credential);
/// The newest first, before `before`.
std::vector<Passkey> passkeys_of(db::PgSession& db, AccountId account, std::optional<PasskeyId> const& before,
                                 int limit);
/// Writes its counter, its last use and its end.
void update(db::PgSession& db, Passkey const& passkey);

/// A token that a browser keeps in a cookie.
struct BrowserSession {
    TokenId token;
    PasskeyId passkey;
    std::string challenge;  ///< that was signed to open it
};

/// False, with nothing stored, if a session was opened with that challenge before.
[[nodiscard]] bool insert(db::PgSession& db, BrowserSession const& session);

}  // namespace sponsio::store
