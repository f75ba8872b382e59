#pragma once

#include "server/service/parties/registry.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"

#include <string>

namespace sponsio::service {

/// A new passkey: of whom, the code says.
struct PasskeyDraft {
    std::string code;  ///< of the enrolment
    std::string name;  ///< of the device
    Bytes client_data, authenticator_data;

    static PasskeyDraft read(domain::Fields& fields);
};

/// What a passkey signed.
struct SignInDraft {
    std::string credential;
    Bytes client_data, authenticator_data, signature;

    static SignInDraft read(domain::Fields& fields);
};

/// A session that was opened: what is said of it, and the secret that goes into the cookie and nowhere else.
struct OpenedSession {
    domain::Json view;
    std::string secret;
};

/// People sign in with a passkey (WebAuthn Level 2, ES256) and get the session of a browser, which is a token
/// of a short life. A passkey is made with the code that an administrator gave to the person, as a token is.
/// docs/console.md
class SessionService {
  public:
    SessionService(db::DbExecutor& db, Vault const& vault, AccessService& access, Registry registry,
                   Clock const& clock)
        : db_(db), vault_(vault), access_(access), registry_(std::move(registry)), clock_(clock) {}

    /// {challenge, rp_id, expires_at}: what the page hands to its browser. `host` is the Host that it was
    /// fetched from.
    [[nodiscard]] domain::Json challenge(std::string_view host) const;
    /// The code is spent, the passkey stored and its first session opened.
    Async<OpenedSession> enrol(PasskeyDraft draft, std::string host, Deadline deadline);
    /// Fault: problem::unauthenticated for a passkey that is not known, has ended, or did not sign this.
    Async<OpenedSession> sign_in(SignInDraft draft, std::string host, Deadline deadline);
    /// Newest first, also those that have ended; of whom may_see_tokens().
    Async<Page> passkeys(Caller<Official> caller, AccountId account, std::optional<PasskeyId> before,
                         int limit);
    /// With the sessions that it opened. No change if it had ended before.
    Async<void> end(Caller<Official> caller, PasskeyId passkey);

  private:
    Outcome<OpenedSession> open(db::PgSession& db, store::Passkey const& passkey,
                                std::string challenge) const;

    db::DbExecutor& db_;
    Vault const& vault_;
    AccessService& access_;
    Registry registry_;
    Clock const& clock_;
};

}  // namespace sponsio::service
