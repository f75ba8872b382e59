#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/identity_document.hpp"
#include "server/domain/region.hpp"
#include "server/service/parties/access_service.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/enrolments.hpp"
#include "server/store/organisations.hpp"
#include "server/store/passkeys.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::service {

struct OrganisationDraft {
    std::string uscc;
    std::string name;
    domain::OrganisationKind kind;
    std::string region_code;
    std::optional<std::string> superior_uscc;

    static OrganisationDraft read(domain::Fields& fields);
};

struct RegionDraft {
    std::string region_code;

    static RegionDraft read(domain::Fields& fields);
};

struct AccountDraft {
    std::string organisation_uscc;
    std::string login;
    std::string name;
    std::vector<std::string> roles;
    std::optional<domain::IdentityDocument> document{};  ///< of the person

    /// `today` bounds the date of birth in the document's number.
    static AccountDraft read(domain::Fields& fields, Date today);
};

/// The member `document`, if it is there: of a natural person.
std::optional<domain::IdentityDocument> read_person(domain::Fields& fields, Date today);
/// The member `roles`: one to nine words of domain::Role, each once.
std::vector<std::string> read_roles(domain::Fields& fields);

/// A year, be it a leap year.
inline constexpr std::chrono::days longest_token_life{366};

struct TokenDraft {
    std::optional<Instant> expires_at;  ///< nothing: after TokenPolicy::life; at most longest_token_life away

    static TokenDraft read(domain::Fields& fields);
};

/// Until then a person fetches the token that a code is for.
inline constexpr std::chrono::hours enrolment_life{72};

/// Somebody did something about an account that stays open.
struct AccountAct {
    AccountId holder;
    /// token_made, enrolment_made, enrolled, token_renewed, token_ended, key_registered, passkey_enrolled,
    /// signed_in, passkey_ended, vouched_for
    std::string event;
    std::optional<AccountId> by;
};

/// `why`: of what: the id of a token or code, or of a key.
void tell_of_account(db::PgSession& db, AccountAct const& act, std::string why, Instant now);

/// The acts of an administrator, from a route or the command line; each runs in the caller's transaction and
/// leaves an event. `by` is nobody on the command line.
class Registry {
  public:
    Registry(domain::Regions const& regions, Vault const& vault, Clock const& clock,
             TokenPolicy const& tokens = {})
        : regions_(regions), vault_(vault), clock_(clock), tokens_(tokens) {}

    /// `vouching`: the organisation whose people may have confirmed a credit code with a wrong check
    /// character; nobody on the command line.
    Outcome<store::Organisation> add(db::PgSession& db, OrganisationDraft const& draft,
                                     std::optional<OrganisationId> vouching,
                                     std::optional<AccountId> by) const;
    Outcome<store::Account> add(db::PgSession& db, AccountDraft const& draft, std::optional<PersonId> person,
                                std::optional<AccountId> by) const;
    /// Gives the organisation a new region code for later codes.
    Outcome<store::Organisation> move(db::PgSession& db, OrganisationId id, RegionDraft const& draft,
                                      std::optional<AccountId> by) const;

    struct IssuedToken {
        store::Token row;
        std::string text;  ///< shown once
    };

    /// A new token, told of as `event`. Only its holder is given it, and the operator for the first one.
    Outcome<IssuedToken> issue_token(db::PgSession& db, AccountId account, TokenDraft const& draft,
                                     std::string event, std::optional<AccountId> by,
                                     std::optional<TokenId> renews = {}) const;

    struct IssuedCode {
        store::Enrolment row;
        std::string text;  ///< shown once
    };

    /// A code in place of those that the account has. Fault: problem::conflict for a closed account.
    Outcome<IssuedCode> enrol(db::PgSession& db, AccountId account, std::optional<AccountId> by) const;
    /// The session of a browser, which `passkey` opened by signing `challenge`. Fault: problem::conflict if
    /// the challenge opened one before.
    [[nodiscard]] Outcome<IssuedToken> open_session(db::PgSession& db, store::Passkey const& passkey,
                                                    std::string challenge) const;
    /// What the code is for, locked. Fault: /code, whatever is wrong with it.
    [[nodiscard]] Outcome<store::Enrolment> enrolment_of(db::PgSession& db, std::string_view code) const;
    /// `enrolment` was read locked.
    void spend(db::PgSession& db, store::Enrolment enrolment, TokenId token) const;
    /// The token that the code is for; the code is spent. Fault: /code, whatever is wrong with it.
    Outcome<IssuedToken> redeem(db::PgSession& db, std::string_view code, TokenDraft const& draft) const;

    /// Closes the account, so that nobody can act with it, and returns its tasks to the unit's queue. Fault:
    /// problem::conflict if it is closed already.
    Outcome<store::Account> close(db::PgSession& db, AccountId account, std::optional<AccountId> by) const;

    static domain::Json view(db::PgSession& db, store::Organisation const& organisation);
    static domain::Json view(store::Account const& account, std::string const& uscc);
    static domain::Json view(IssuedToken const& token);
    static domain::Json view(IssuedCode const& code);

  private:
    [[nodiscard]] Outcome<Instant> token_end(TokenDraft const& draft) const;
    [[nodiscard]] IssuedToken store_token(db::PgSession& db, AccountId account, std::string_view prefix,
                                          Instant end, std::optional<TokenId> renews = {}) const;

    domain::Regions const& regions_;
    Vault const& vault_;
    Clock const& clock_;
    TokenPolicy tokens_;
};

}  // namespace sponsio::service
