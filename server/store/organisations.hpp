#pragma once

#include "server/db/session.hpp"
#include "server/domain/access.hpp"
#include "server/domain/organisation.hpp"
#include "server/domain/person_id.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// Organisations, the accounts that act for them, and the tokens of those accounts.
namespace sponsio::store {

struct Organisation {
    OrganisationId id;
    std::string uscc;
    std::string name;
    domain::OrganisationKind kind;
    std::string region_code;
    std::optional<OrganisationId> superior;
    Instant created_at;
};

void insert(db::PgSession& db, Organisation const& organisation);
std::optional<Organisation> organisation_by_uscc(db::PgSession& db, std::string const& uscc);
std::optional<Organisation> organisation_by_id(db::PgSession& db, OrganisationId id);
void set_region(db::PgSession& db, OrganisationId id, std::string const& region_code);
/// The organisations of that scope: an organisation and everything below it, of one region or of any.
std::vector<OrganisationId> organisations_in(db::PgSession& db, domain::Scope const& scope);
/// Organisations by credit code, after `after`.
std::vector<Organisation> organisations_after(db::PgSession& db, std::string const& after, int limit);

struct Account {
    AccountId id;
    OrganisationId organisation;
    std::string login;
    std::string name;
    std::vector<std::string> roles;
    Instant created_at;
    std::optional<Instant> closed_at;
    std::optional<PersonId> person{};       ///< nothing: entered before persons were, and not told since
    std::optional<AccountId> created_by{};  ///< nothing: on the command line, or before this was kept
};

void insert(db::PgSession& db, Account const& account);
std::optional<Account> account_by_id(db::PgSession& db, AccountId id);
/// An organisation has a login once; several organisations may have the same.
std::vector<Account> accounts_by_login(db::PgSession& db, std::string const& login);
/// Closes the account, so that nobody can act with it. False if it was closed before.
bool close_account(db::PgSession& db, AccountId id, Instant now);

/// Accounts of these organisations, or of all, by login and id.
struct AccountList {
    std::optional<std::vector<OrganisationId>> of;
    std::string after_login{};  ///< of the last one seen
    std::optional<AccountId> after{};
    int limit;
};

std::vector<Account> accounts_after(db::PgSession& db, AccountList const& list);

struct Token {
    TokenId id;
    AccountId account;
    std::array<std::uint8_t, 32> digest;
    Instant created_at;
    Instant expires_at;
};

void insert(db::PgSession& db, Token const& token);
/// Revokes the token; no change if it was revoked before.
void revoke_token(db::PgSession& db, TokenId id, Instant now);

/// The account behind a token, with everything that a request needs to know of it.
struct TokenHolder {
    TokenId token;
    Instant created_at;
    Instant expires_at;
    std::optional<Instant> last_used_at;  ///< some minutes behind
    std::optional<Instant> revoked_at;
    Account account;
    Organisation organisation;
};

std::optional<TokenHolder> holder_of(db::PgSession& db, std::array<std::uint8_t, 32> const& token_digest);

}  // namespace sponsio::store
