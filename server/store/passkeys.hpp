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
};

/// False, with nothing stored, if a passkey with that credential is there already.
[[nodiscard]] bool insert(db::PgSession& db, Passkey const& passkey);
std::optional<Passkey> passkey_by_id(db::PgSession& db, PasskeyId id);
/// Locked until the transaction ends, so that two uses of one counter are seen one after the other.
std::optional<Passkey> lock_passkey(db::PgSession& db, std::string const& credential);
/// The newest first, before `before`.
std::vector<Passkey> passkeys_of(db::PgSession& db, AccountId account, std::optional<PasskeyId> const& before,
                                 int limit);
void note_use(db::PgSession& db, PasskeyId id, std::int64_t sign_count, Instant now);
/// Ends it and the sessions that it opened; returns those that had not ended.
std::vector<TokenId> end_passkey(db::PgSession& db, PasskeyId id, Instant now);

/// A token that a browser keeps in a cookie.
struct BrowserSession {
    TokenId token;
    PasskeyId passkey;
    std::string challenge;  ///< that was signed to open it
};

/// False, with nothing stored, if a session was opened with that challenge before.
[[nodiscard]] bool insert(db::PgSession& db, BrowserSession const& session);

}  // namespace sponsio::store
