#pragma once

#include "server/db/executor.hpp"
#include "server/domain/region.hpp"
#include "server/service/parties/access_service.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/transaction.hpp"

#include <boost/asio/awaitable.hpp>

#include <array>
#include <string_view>

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

    static AccountDraft read(domain::Fields& fields);
};

/// A year, be it a leap year.
inline constexpr std::chrono::days longest_token_life{366};

struct TokenDraft {
    std::optional<Instant> expires_at;  ///< nothing: in 90 days; at most longest_token_life away

    static TokenDraft read(domain::Fields& fields);
};

/// The acts of an administrator, from a route or the command line; each runs in the caller's transaction.
class Registry {
  public:
    Registry(domain::Regions const& regions, Clock const& clock) : regions_(regions), clock_(clock) {}

    /// `vouching`: the organisation whose people may have confirmed a credit code with a wrong check
    /// character; nobody on the command line.
    Outcome<store::Organisation> add(db::PgSession& db, OrganisationDraft const& draft,
                                     std::optional<OrganisationId> vouching) const;
    Outcome<store::Account> add(db::PgSession& db, AccountDraft const& draft) const;
    /// Gives the organisation a new region code for later codes. `by` is nobody on the command line.
    Outcome<store::Organisation> move(db::PgSession& db, store::Organisation organisation,
                                      RegionDraft const& draft, std::optional<AccountId> by) const;

    struct IssuedToken {
        store::Token row;
        std::string text;  ///< shown once
    };

    Outcome<IssuedToken> issue_token(db::PgSession& db, AccountId account, TokenDraft const& draft) const;

    /// Closes the account, so that nobody can act with it, and returns its tasks to the unit's queue. Fault:
    /// problem::conflict if it is closed already. `by` is nobody on the command line.
    Outcome<store::Account> close(db::PgSession& db, AccountId account, std::optional<AccountId> by) const;

    static domain::Json view(db::PgSession& db, store::Organisation const& organisation);
    static domain::Json view(store::Account const& account, std::string const& uscc);
    static domain::Json view(IssuedToken const& token);

  private:
    domain::Regions const& regions_;
    Clock const& clock_;
};

/// Organisations, accounts and their new tokens over the API. Accounts and tokens are those of the
/// administrator's own organisation and of the organisations below it.
class OrganisationService {
  public:
    OrganisationService(db::DbExecutor& db, Vault const& vault, AccessService& access,
                        Registry const& registry, Clock const& clock)
        : db_(db), vault_(vault), access_(access), registry_(registry), clock_(clock) {}

    Async<Created> add_organisation(Caller<Official> caller, RequestOnce once, OrganisationDraft draft);
    Async<domain::Json> move_organisation(Caller<Official> caller, std::string uscc, RegionDraft draft);
    Async<Created> add_account(Caller<Official> caller, RequestOnce once, AccountDraft draft);
    Async<Created> issue_token(Caller<Official> caller, RequestOnce once, AccountId account,
                               TokenDraft draft);
    Async<domain::Json> close_account(Caller<Official> caller, AccountId account);

    Async<domain::Json> me(Caller<Official> caller);
    Async<domain::Json> organisation(Caller<Official> caller, std::string uscc);
    Async<Page> organisations(Caller<Official> caller, std::string after, int limit);
    Async<domain::Json> account(Caller<Official> caller, AccountId id);
    Async<Page> accounts(Caller<Official> caller, std::string after, int limit);

  private:
    db::DbExecutor& db_;
    Vault const& vault_;
    AccessService& access_;
    Registry const& registry_;
    Clock const& clock_;
};

}  // namespace sponsio::service
