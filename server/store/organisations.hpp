#pragma once

#include "server/db/session.hpp"
#include "server/domain/access.hpp"
#include "server/domain/organisation.hpp"
#include "server/domain/person_id.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// Organisations and the accounts that act for them.
namespace sponsio::store {

struct Organisation {
    OrganisationId id;
    std::string uscc;
    std::string name;
    domain::OrganisationKind kind;
    std::string region_code;
    std::optional<OrganisationId> superior;
    Instant created_at;
    std::optional<Digest> proof{};  ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
};

void insert(db::PgSession& db, Organisation const& organisation);
std::optional<Organisation> organisation_by_uscc(db::PgSession& db, std::string const& uscc);
std::optional<Organisation> organisation_by_id(db::PgSession& db, OrganisationId id);
/// The organisation, locked until the transaction ends.
std::optional<Organisation> lock_organisation(db::PgSession& db, OrganisationId id);
/// Writes name and region.
void update(db::PgSession& db, Organisation const& organisation);
/// An organisation and everything below it; without one, all of that region.
std::vector<Organisation> organisations_in(db::PgSession& db, domain::Scope const& scope);
/// An organisation and everything above it.
std::vector<Organisation> organisations_above(db::PgSession& db, OrganisationId id);
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
    std::optional<Digest> proof{};          ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};
};

void insert(db::PgSession& db, Account const& account);
std::optional<Account> account_by_id(db::PgSession& db, AccountId id);
/// An organisation has a login once; several organisations may have the same.
std::vector<Account> accounts_by_login(db::PgSession& db, std::string const& login);
/// The account, locked until the transaction ends: nobody sits down in a task meanwhile.
std::optional<Account> lock_account(db::PgSession& db, AccountId id);
/// Writes name, roles, organisation, person and the end.
void update(db::PgSession& db, Account const& account);

/// Accounts of these organisations, or of all, by login and id.
struct AccountList {
    std::optional<std::vector<OrganisationId>> of;
    std::string after_login{};  ///< of the last one seen
    std::optional<AccountId> after{};
    int limit;
};

std::vector<Account> accounts_after(db::PgSession& db, AccountList const& list);

}  // namespace sponsio::store
