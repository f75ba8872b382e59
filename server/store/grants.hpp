#pragma once

#include "server/db/session.hpp"
#include "server/domain/grant.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// Rights beyond the own tree, with who gave and who confirmed them.
namespace sponsio::store {

struct GrantRow {
    GrantId id;
    AccountId account;
    domain::Role role;
    domain::Purpose purpose;
    std::optional<OrganisationId> scope;  ///< it and all below it; nothing: all organisations
    std::string region;                   ///< their codes begin so; empty: any
    std::string legal_basis;
    Instant from;
    Instant until;
    std::optional<AccountId> given_by;  ///< nobody: the operator
    Instant given_at;
    std::optional<AccountId> confirmed_by{};
    std::optional<Instant> confirmed_at{};
    std::optional<AccountId> ended_by{};  ///< nobody: the operator, or it is not ended
    std::optional<Instant> ended_at{};
    std::optional<Digest> proof{};  ///< of the row (service::prove_row)
    std::optional<std::string> proof_key{};

    [[nodiscard]] domain::GrantState state() const {
        using enum domain::GrantState;
        return ended_at ? ended : confirmed_at ? confirmed : given;
    }
};

void insert(db::PgSession& db, GrantRow const& grant);
std::optional<GrantRow> lock_grant(db::PgSession& db, GrantId id);
/// Writes who confirmed and who ended it, and when.
void update(db::PgSession& db, GrantRow const& grant);
/// What counts at that instant.
std::vector<GrantRow> grants_in_force(db::PgSession& db, AccountId account, Instant at);
/// Grants of accounts of these organisations, or of all, by id.
std::vector<GrantRow> grants_after(db::PgSession& db, std::optional<std::vector<OrganisationId>> const& of,
                                   std::optional<GrantId> after, int limit);

}  // namespace sponsio::store
